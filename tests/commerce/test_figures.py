"""Totals of the store and of the base, and guests who join."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection

from commerce import figures, identity
from commerce.models import CustomerMetrics, DataSource, Order, OrderLine
from commerce.rollups import recount_days, refresh
from commerce.rollups.customers import EVERYBODY
from tests.commerce.factories import (
    CustomerFactory,
    OrderFactory,
    OrderLineFactory,
    RefundFactory,
    bring_up_to_date,
)

DAY = date(2026, 6, 1)
pytestmark = pytest.mark.usefixtures("tenant")


def count_days():
    with connection.cursor() as cursor:
        recount_days(cursor, standing=DAY)


def adopt():
    with connection.cursor() as cursor:
        adopted = identity.adopt_guests(cursor, EVERYBODY, on=DAY)
        refresh(cursor, EVERYBODY, on=DAY)
    return adopted


def test_the_stores_totals_hold_guests_and_the_bases_do_not(django_assert_num_queries):
    OrderFactory()
    OrderFactory(customer=None, email_key="guest@example.test", total=30)
    OrderFactory(customer=CustomerFactory(left_out_as="staff"), total=7)
    RefundFactory(order=OrderFactory(placed_at=datetime(2024, 1, 1, tzinfo=UTC)), amount=5)
    bring_up_to_date(on=DAY)
    assert figures.store_totals().is_behind
    count_days()

    with django_assert_num_queries(3):
        store = figures.store_totals()
    with django_assert_num_queries(2):
        base = figures.base_totals()

    assert store == figures.StoreTotals(
        as_of=DAY,
        orders=4,
        revenue=Decimal(232),
        orders_365=3,
        revenue_365=Decimal(132),
        guest_orders_365=1,
        guest_revenue_365=Decimal(30),
        is_behind=False,
    )
    assert base == figures.BaseTotals(DAY, 2, 2, Decimal(195), Decimal(95))
    assert figures.population() == 2


def test_an_empty_store_has_no_totals():
    assert (figures.store_totals(), figures.base_totals(), figures.population()) == (None, None, 0)


def test_revenue_by_day_has_refunds_on_their_own_day():
    order = OrderFactory()
    RefundFactory(order=order, amount=40, refunded_at=datetime(2026, 6, 3, 12, tzinfo=UTC))
    bring_up_to_date(on=date(2026, 6, 4))
    with connection.cursor() as cursor:
        recount_days(cursor, standing=date(2026, 6, 4))

    rows = figures.revenue_by_day(first=DAY, last=date(2026, 6, 4))

    assert rows == [(DAY, 1, Decimal(100)), (date(2026, 6, 3), 0, Decimal(-40))]


def test_a_guest_joins_the_one_customer_with_their_address():
    order = OrderFactory(customer=None, email_key="kim@example.test")
    line = OrderLineFactory(order=order)
    customer = CustomerFactory(email="Kim@Example.test")

    assert adopt() == 1

    line.refresh_from_db()
    assert Order.objects.get().customer == customer
    assert line.customer == customer
    assert CustomerMetrics.objects.get().orders_count == 1


def test_a_guest_stays_a_guest_when_two_share_the_address():
    OrderFactory(customer=None, email_key="kim@example.test")
    CustomerFactory(email="kim@example.test")
    CustomerFactory(email="kim@example.test")

    assert adopt() == 0
    assert Order.objects.get().customer is None


def test_a_guest_of_a_source_with_its_own_people_stays_a_guest():
    DataSource.objects.create(key="csv", label="Files", shares_people=False)
    OrderFactory(customer=None, email_key="kim@example.test")
    CustomerFactory(email="kim@example.test")

    assert adopt() == 0


def test_lines_of_a_settled_order_need_no_second_write():
    order = OrderFactory()
    OrderLineFactory(order=order)
    bring_up_to_date(on=DAY)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ctid FROM commerce_orderline UNION ALL SELECT ctid FROM commerce_order"
        )
        before = cursor.fetchall()

    bring_up_to_date(on=DAY)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ctid FROM commerce_orderline UNION ALL SELECT ctid FROM commerce_order"
        )
        assert cursor.fetchall() == before
    assert OrderLine.objects.count() == 1
