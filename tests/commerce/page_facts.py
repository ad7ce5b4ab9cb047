"""People and the smallest facts that the page tests stand on."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from django.contrib.auth.models import User
from django.test import Client

from commerce.models import Customer, CustomerMetrics, MetricsState, Order
from tenants.access.roles import give_role, make_roles
from tenants.models import Tenant
from tests.conftest import sign_in

numbers = count(1)
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


def client_in_role(tenant: Tenant, role: str) -> Client:
    """Sign in a new member of acme's team with `role`."""
    make_roles()
    user = User.objects.create_user(f"{role}{next(numbers)}", is_staff=True)
    give_role(user, role=role)
    return sign_in(tenant, user)


def make_customer(*, metrics: dict | None = None, **values) -> Customer:
    """Make a customer with a row of numbers; by default Ada Berg, who spent 100 in two orders."""
    MetricsState.objects.get_or_create(pk=1, defaults={"stands_on": date(2026, 5, 4)})
    values = {"first_name": "Ada", "last_name": "Berg", "email": "ada@shop.test"} | values
    customer = Customer.objects.create(**values)
    numbers_of = {"orders_count": 2, "spent": Decimal(100), "last_order_on": date(2026, 5, 3)}
    CustomerMetrics.objects.create(
        customer=customer,
        in_base=not customer.left_out_as,
        **numbers_of | (metrics or {}),
    )
    return customer


def make_order(customer: Customer | None = None, **values) -> Order:
    """Make an order of 50 placed on 3 May 2026."""
    number = next(numbers)
    defaults = {
        "source": "csv",
        "external_id": f"o{number}",
        "number": f"#{1000 + number}",
        "placed_at": NOON,
        "placed_on": NOON.date(),
        "placed_hour": 13,
        "currency": "GBP",
        "total": Decimal(50),
        "spend": Decimal(50),
    }
    return Order.objects.create(customer=customer, **defaults | values)
