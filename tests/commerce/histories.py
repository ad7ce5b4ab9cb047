"""Random stores for property tests: few customers, days that sit on every edge."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from hypothesis import strategies as st

from commerce.models import Customer, Order, OrderLine, OrderPolicy, Refund

TODAY = date(2026, 3, 30)  # the day after the clocks went forward in Europe/London
EDGES = [-40, -3, -2, -1, 0, 1, 2, 5, 29, 30, 31, 32, 35, 89, 90, 91, 92, 364, 365, 366, 367, 371]
SPECIAL = [date(2026, 3, 29), date(2025, 10, 26), date(2024, 2, 29), date(2025, 2, 28)]
AMOUNTS = [Decimal(text) for text in ("0", "0.01", "9.99", "10", "33.33", "100", "1234.5678")]

days = st.sampled_from([TODAY - timedelta(days=n) for n in EDGES] + SPECIAL)
moments = st.builds(
    lambda day, hour, minute: datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC),
    days,
    st.sampled_from([0, 1, 12, 22, 23]),
    st.sampled_from([0, 30]),
)
amounts = st.sampled_from(AMOUNTS)
owners = st.sampled_from([0, 0, 1, 2, None])
rarely = st.sampled_from([False, False, False, True])
orders = st.fixed_dictionaries(
    {
        "owner": owners,
        "placed_at": moments,
        "items_total": amounts,
        "discount_total": st.sampled_from([Decimal(0), Decimal(0), Decimal(5)]),
        "tax_total": st.sampled_from([Decimal(0), Decimal("1.11")]),
        "shipping_total": st.sampled_from([Decimal(0), Decimal("4.95")]),
        "is_test": rarely,
        "financial_status": st.sampled_from(["", "paid", "VOIDED"]),
        "currency": st.sampled_from(["GBP", "GBP", "GBP", "USD"]),
        "excluded_as": st.sampled_from(["", "", "", "sample", "by_hand", "test"]),
        "cancelled_at": st.none() | st.none() | moments,
    }
)
refunds = st.fixed_dictionaries(
    {
        "order": st.none() | st.integers(0, 5),
        "owner": owners,
        "amount": amounts,
        "items_amount": st.none() | amounts,
        "tax_amount": st.none() | st.just(Decimal("1.11")),
        "currency": st.sampled_from(["", "GBP", "USD"]),
        "refunded_at": moments,
    }
)
policies = st.builds(
    OrderPolicy,
    pk=st.just(1),
    spend=st.sampled_from(OrderPolicy.Spend.values),
    excluded_reasons=st.lists(
        st.sampled_from(["test", "voided", "currency", "sample", "by_hand"]), unique=True
    ),
    cancelled_count=rarely,
    fully_refunded_count=rarely,
)
histories = st.fixed_dictionaries(
    {
        "orders": st.lists(orders, max_size=6),
        "refunds": st.lists(refunds, max_size=6),
        "policy": policies,
    }
)


def order_values(told, people):
    """Return the columns a source's order has after ingest, before settling."""
    placed = told["placed_at"].astimezone(connection.tenant.zone)
    values = {name: value for name, value in told.items() if name != "owner"}
    total = told["items_total"] - told["discount_total"]
    return values | {
        "customer": None if told["owner"] is None else people[told["owner"]],
        "placed_on": placed.date(),
        "placed_hour": placed.hour,
        "total": total + told["tax_total"] + told["shipping_total"],
    }


def write(history):
    """Write a history's rows unsettled, each order with a line; return the customers."""
    people = [Customer.objects.create() for _ in range(3)]
    history["policy"].save()
    made = Order.objects.bulk_create(
        Order(source="csv", external_id=f"O{n}", **order_values(told, people))
        for n, told in enumerate(history["orders"])
    )
    OrderLine.objects.bulk_create(
        OrderLine(order=order, line_key="1", placed_on=date(2000, 1, 1)) for order in made
    )
    for n, told in enumerate(history["refunds"]):
        values = {name: told[name] for name in told if name not in ("order", "owner")}
        order = made[told["order"] % len(made)] if made and told["order"] is not None else None
        owner = None if told["owner"] is None or order else people[told["owner"]]
        Refund.objects.create(
            source="csv",
            external_id=f"R{n}",
            order=order,
            customer=owner,
            refunded_on=told["refunded_at"].astimezone(connection.tenant.zone).date(),
            **values,
        )
    return people
