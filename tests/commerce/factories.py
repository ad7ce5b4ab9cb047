"""The smallest valid customer, order, line, refund and event, for the tests of every floor."""

from datetime import UTC, datetime
from decimal import Decimal

import factory
from django.db import connection
from factory.django import DjangoModelFactory
from psycopg import sql

from commerce.counting import settle, settle_negative_invoices
from commerce.models import Customer, CustomerIdentity, Event, Order, OrderLine, Refund
from commerce.rollups import refresh, refresh_activity
from commerce.rollups.customers import EVERYBODY

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def local(moment: datetime) -> datetime:
    """Return `moment` on the current merchant's clock."""
    return moment.astimezone(connection.tenant.zone)


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Customer

    email = factory.Sequence(lambda n: f"customer{n}@example.test")


class CustomerIdentityFactory(DjangoModelFactory):
    class Meta:
        model = CustomerIdentity

    customer = factory.SubFactory(CustomerFactory)
    source = "csv"
    external_id = factory.Sequence(lambda n: f"C{n}")


class OrderFactory(DjangoModelFactory):
    """An order of `total` on `placed_at`, in the merchant's currency; items are all of it."""

    class Meta:
        model = Order

    customer = factory.SubFactory(CustomerFactory)
    source = "csv"
    external_id = factory.Sequence(lambda n: f"O{n}")
    number = factory.SelfAttribute("external_id")
    placed_at = NOON
    placed_on = factory.LazyAttribute(lambda order: local(order.placed_at).date())
    placed_hour = factory.LazyAttribute(lambda order: local(order.placed_at).hour)
    currency = factory.LazyFunction(lambda: connection.tenant.currency)
    total = Decimal("100.00")
    items_total = factory.SelfAttribute("total")
    spend = factory.LazyAttribute(lambda order: order.items_total)


class OrderLineFactory(DjangoModelFactory):
    class Meta:
        model = OrderLine

    order = factory.SubFactory(OrderFactory)
    customer = factory.SelfAttribute("order.customer")
    placed_on = factory.SelfAttribute("order.placed_on")
    line_key = factory.Sequence(lambda n: f"L{n}")
    product = "Olive oil"
    product_key = factory.LazyAttribute(lambda line: line.product.casefold())
    price = Decimal("100.00")
    line_total = factory.LazyAttribute(lambda line: line.price * line.quantity)
    quantity = Decimal(1)


class RefundFactory(DjangoModelFactory):
    """A refund of `amount`; pass `order=None, customer=…` for a negative invoice."""

    class Meta:
        model = Refund

    order = factory.SubFactory(OrderFactory)
    customer = factory.LazyAttribute(lambda refund: refund.order and refund.order.customer)
    source = "csv"
    external_id = factory.Sequence(lambda n: f"R{n}")
    amount = Decimal("10.00")
    spend = factory.SelfAttribute("amount")
    refunded_at = NOON
    refunded_on = factory.LazyAttribute(lambda refund: local(refund.refunded_at).date())


class EventFactory(DjangoModelFactory):
    class Meta:
        model = Event

    customer = factory.SubFactory(CustomerFactory)
    source = "csv"
    external_id = factory.Sequence(lambda n: f"E{n}")
    name = "email_opened"
    occurred_at = NOON
    occurred_on = factory.LazyAttribute(lambda event: local(event.occurred_at).date())
    occurred_hour = factory.LazyAttribute(lambda event: local(event.occurred_at).hour)


def bring_up_to_date(*, on):
    """Settle every order and refund and refresh every customer, as an ingest on that day would."""
    with connection.cursor() as cursor:
        settle(cursor, sql.SQL("SELECT id FROM commerce_order"), on=on)
        refunds = sql.SQL("SELECT id FROM commerce_refund WHERE order_id IS NULL")
        settle_negative_invoices(cursor, refunds, on=on)
        refresh(cursor, EVERYBODY, on=on)
        refresh_activity(cursor, EVERYBODY, on=on)
