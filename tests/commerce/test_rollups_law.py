"""Laws of the rollups: SQL equals plain Python, and moving step by step equals starting afresh."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from commerce.counting import settle
from commerce.models import CustomerMetrics, Order, OrderLine, Refund, StoreDay
from commerce.rollups import recount_days, refresh, refresh_all, roll, touch_days
from tests.commerce.factories import bring_up_to_date
from tests.commerce.histories import TODAY, histories, order_values, orders, write
from tests.commerce.oracle import Store

law = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


@pytest.fixture(autouse=True)
def each_example_in_acme(tenant):
    return tenant


def undone(example):
    """Run `example` in a savepoint that is rolled back."""
    with transaction.atomic():
        example()
        transaction.set_rollback(True)


def metrics():
    return {row["customer_id"]: row for row in CustomerMetrics.objects.values()}


def store_days(on):
    rows = StoreDay.objects.filter(day__lte=on).values_list()
    return {day: tuple(numbers) for day, *numbers in rows}


def assert_equals_oracle(people, history, *, on):
    store = Store(
        list(Order.objects.all()),
        list(Refund.objects.all()),
        policy=history["policy"],
        tenant=connection.tenant,
    )
    found = metrics()
    for person in people:
        expected = store.customer(person.pk, on=on)
        assert {name: found[person.pk][name] for name in expected} == expected
    assert store_days(on) == store.days(on=on)


@law
@given(history=histories)
def test_numbers_equal_plain_python(history):
    def example():
        people = write(history)
        bring_up_to_date(on=TODAY)
        with connection.cursor() as cursor:
            recount_days(cursor, standing=TODAY)

        assert_equals_oracle(people, history, on=TODAY)

    undone(example)


@law
@given(
    history=histories, steps=st.lists(st.sampled_from([1, 1, 2, 30, 59]), min_size=1, max_size=3)
)
def test_rolling_day_by_day_equals_starting_afresh(history, steps):
    def example():
        people = write(history)
        day = TODAY - timedelta(days=3)
        bring_up_to_date(on=day)
        with connection.cursor() as cursor:
            recount_days(cursor, standing=day)
            for step in steps:
                day += timedelta(days=step)
                roll(cursor, on=day)
        rolled = metrics(), store_days(day)

        assert_equals_oracle(people, history, on=day)
        with connection.cursor() as cursor:
            assert refresh_all(cursor, on=day) == 0
        assert rolled == (metrics(), store_days(day))

    undone(example)


@law
@given(history=histories, changed=st.lists(orders, min_size=1, max_size=3))
def test_changing_some_orders_equals_starting_afresh(history, changed):
    def example():
        people = write(history)
        bring_up_to_date(on=TODAY)
        kept = [f"O{n}" for n in range(len(changed))]
        ids = sql.SQL("SELECT id FROM commerce_order WHERE external_id = ANY({})").format(
            sql.Literal(kept)
        )
        touched = set(Order.objects.filter(external_id__in=kept).values_list("customer", flat=True))
        with connection.cursor() as cursor:
            recount_days(cursor, standing=TODAY)
            touch_days(cursor, ids)
            for name, told in zip(kept, changed, strict=True):
                Order.objects.update_or_create(
                    source="csv", external_id=name, defaults=order_values(told, people)
                )
            touched |= set(
                Order.objects.filter(external_id__in=kept).values_list("customer", flat=True)
            )
            settle(cursor, ids, on=TODAY)
            some = sql.SQL("SELECT unnest({}::bigint[])").format(
                sql.Literal(list(touched - {None}))
            )
            refresh(cursor, some, on=TODAY)
            recount_days(cursor, standing=TODAY)

        assert_equals_oracle(people, history, on=TODAY)

    undone(example)


@law
@given(history=histories)
def test_lines_repeat_their_order(history):
    def example():
        write(history)
        bring_up_to_date(on=TODAY)
        heeded = [*history["policy"].excluded_reasons, "currency"]

        for line in OrderLine.objects.select_related("order"):
            order = line.order
            repeated = (line.customer_id, line.placed_on, line.counts_until, line.may_count)
            assert repeated == (
                order.customer_id,
                order.placed_on,
                order.counts_until,
                order.excluded_as not in heeded,
            )

    undone(example)
