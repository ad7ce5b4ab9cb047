"""A customer's numbers: what counts, when, and what refunds take from it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from commerce.models import CustomerMetrics
from tests.commerce.factories import (
    CustomerFactory,
    OrderFactory,
    OrderLineFactory,
    RefundFactory,
    bring_up_to_date,
)

DAY = date(2026, 6, 1)
pytestmark = pytest.mark.usefixtures("tenant")


def numbers(customer, *names):
    return CustomerMetrics.objects.values_list(*names).get(customer=customer)


def at(day, hour=12):
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def test_a_customer_without_orders_has_zeros_and_no_days():
    customer = CustomerFactory(city="  Łódź ", tags=["VIP", "vip ", "Wine"])

    bring_up_to_date(on=DAY)

    assert numbers(customer, "orders_count", "spent", "last_order_on") == (0, Decimal(0), None)
    assert numbers(customer, "city_key", "tag_keys") == ("łódź", ["vip", "wine"])


def test_windows_hold_both_ends():
    customer = CustomerFactory()
    for days in (0, 30, 31, 90, 91, 365, 366):
        OrderFactory(customer=customer, placed_at=at(DAY - timedelta(days=days)), total=Decimal(10))

    bring_up_to_date(on=DAY)

    found = numbers(customer, "orders_count", "orders_365", "orders_90", "orders_30", "spent_30")
    assert found == (7, 6, 4, 2, Decimal(20))


def test_a_full_refund_uncounts_the_order_from_its_day():
    customer = CustomerFactory()
    order = OrderFactory(customer=customer, placed_at=at(DAY - timedelta(days=9)))
    line = OrderLineFactory(order=order)
    RefundFactory(order=order, amount=40, refunded_at=at(DAY - timedelta(days=2)))
    RefundFactory(order=order, amount=60, refunded_at=at(DAY))

    bring_up_to_date(on=DAY - timedelta(days=1))
    before = numbers(customer, "orders_count", "spent", "refunded")
    bring_up_to_date(on=DAY)

    assert before == (1, Decimal(60), Decimal(40))
    assert numbers(customer, "orders_count", "spent", "refunded") == (0, Decimal(0), Decimal(100))
    line.refresh_from_db()
    assert (line.may_count, line.counts_until) == (True, DAY)


def test_a_negative_invoice_may_leave_less_than_nothing():
    customer = CustomerFactory()
    RefundFactory(order=None, customer=customer, amount=Decimal("12.50"), refunded_at=at(DAY))

    bring_up_to_date(on=DAY)

    assert numbers(customer, "orders_count", "spent", "spent_30") == (
        0,
        Decimal("-12.50"),
        Decimal("-12.50"),
    )
