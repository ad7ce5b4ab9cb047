"""Habits equal plain Python, whichever door wrote them, and the past reads as it stood."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg import sql

from commerce import stale
from commerce.ingest import Ingest, OrderRecord, PersonRecord, catch_up, follow, ingest
from commerce.keys import key
from commerce.models import (
    Customer,
    CustomerHabits,
    MetricsState,
    Order,
    OrderLine,
    Spelling,
    StaleCustomer,
)
from commerce.rollups import refresh, roll
from commerce.rollups.past import metrics_on
from tenants.progress import Silence
from tests.commerce.factories import OrderFactory, OrderLineFactory, bring_up_to_date
from tests.commerce.histories import TODAY

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
law = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
CATEGORIES, PRODUCTS = ["", "Tea", "wine", "Öl", "Z"], ["", "Mug", "Cup"]
LINES = st.tuples(
    st.sampled_from(CATEGORIES), st.sampled_from(PRODUCTS), st.sampled_from([0, 5, 5, 9])
)
ORDERS = st.fixed_dictionaries(
    {
        "owner": st.sampled_from([0, 0, 0, 1]),
        "day": st.sampled_from([0, 0, 1, 2, 3, 90, 91, 92, 200]),
        "hour": st.sampled_from([10, 11, 13, 14, 16, 17, 20, 21]),
        "channel": st.sampled_from(["", "Web", "WEB", "Łódź", "łÓDŹ"]),
        "discount_total": st.sampled_from([0, 0, 2]),
        "discount_codes": st.sampled_from([[], [], ["SPRING"]]),
        "is_test": st.sampled_from([False, False, False, True]),
        "cancelled": st.sampled_from([None, None, None, 1, 2]),  # days after it was placed
        "lines": st.lists(LINES, max_size=3),
    }
)


@pytest.fixture(autouse=True)
def each_example_in_acme(tenant):
    return tenant


def write(told):
    """Write the orders unsettled; return the two customers."""
    people = [Customer.objects.create() for _ in range(2)]
    for one in told:
        day = TODAY - timedelta(days=one["day"])
        placed_at = datetime(
            day.year, day.month, day.day, one["hour"], tzinfo=connection.tenant.zone
        ).astimezone(UTC)
        gone = one["cancelled"]
        order = OrderFactory(
            customer=people[one["owner"]],
            placed_at=placed_at,
            cancelled_at=gone and placed_at + timedelta(days=gone),
            total=Decimal(one["day"] % 7),
            **{name: one[name] for name in ("channel", "discount_total", "discount_codes")},
            is_test=one["is_test"],
        )
        for category, product, price in one["lines"]:
            OrderLineFactory(
                order=order,
                category=category,
                category_key=key(category, length=255),
                product=product,
                product_key=key(product, length=255),
                price=Decimal(price),
            )
    for channel in {one["channel"] for one in told} - {""}:
        Spelling.objects.create(column="order.channel", key=key(channel, length=255), value=channel)
    return people


def expected(customer, *, on):
    """Return one customer's habits by column, from the facts."""
    orders = [order for order in Order.objects.filter(customer=customer) if _counts(order, on=on)]
    last = max((order.placed_on for order in orders), default=None)
    groups = {name: defaultdict(dict) for name in ("category_key", "product_key", "channel")}
    for order in orders:
        _add(groups["channel"], key(order.channel, length=255), order, order.spend)
        for line in OrderLine.objects.filter(order=order):
            for name in ("category_key", "product_key"):
                _add(groups[name], getattr(line, name), order, line.line_total)
    category, product = (groups[name] for name in ("category_key", "product_key"))
    return {
        "categories": sorted(category),
        "distinct_categories": len(category),
        "favorite_category_key": _best(category),
        "favorite_product_key": _best(product),
        "max_orders_in_one_category": max(map(len, category.values()), default=0),
        "max_orders_of_one_product": max(map(len, product.values()), default=0),
        "preferred_channel_key": _best(groups["channel"]),
        "lunch_orders": sum(11 <= order.placed_hour < 14 for order in orders),
        "dinner_orders": sum(17 <= order.placed_hour < 21 for order in orders),
        "weekend_orders": sum(order.placed_on.weekday() in (5, 6) for order in orders),
        "discounted_orders": sum(
            bool(order.discount_total or order.discount_codes) for order in orders
        ),
        "orders_before_last_90": sum((last - order.placed_on).days <= 90 for order in orders),
    }


def _counts(order, *, on):
    gone = order.cancelled_at and order.cancelled_at.astimezone(connection.tenant.zone).date()
    return order.placed_on <= on and not order.is_test and (gone is None or on < gone)


def _add(group, name, order, amount):
    if name:
        day, so_far = group[name].get(order.pk, (order.placed_on, Decimal(0)))
        group[name][order.pk] = (day, so_far + amount)


def _best(group):
    def rank(name):
        held = group[name].values()
        days, amounts = [day for day, _ in held], [amount for _, amount in held]
        return -len(held), -sum(amounts), -max(days).toordinal(), name

    return min(group, key=rank, default="")


def stored(people):
    return [CustomerHabits.objects.filter(pk=person.pk).values().get() for person in people]


def wanted(people, *, on):
    return [{"metrics_id": person.pk} | expected(person, on=on) for person in people]


@law
@given(told=st.lists(ORDERS, max_size=7))
def test_habits_equal_plain_python_by_every_door(told):
    with transaction.atomic(), connection.cursor() as cursor:
        people, start = write(told), TODAY - timedelta(days=2)
        MetricsState.objects.all().delete()

        bring_up_to_date(on=start)
        assert stored(people) == wanted(people, on=start)
        roll(cursor, on=TODAY)
        assert stored(people) == wanted(people, on=TODAY)
        with metrics_on(start):
            assert stored(people) == wanted(people, on=start)
        Order.objects.filter(customer=people[0]).delete()
        refresh(cursor, sql.SQL("SELECT {}").format(sql.Literal(people[0].pk)), on=TODAY)
        assert stored(people) == wanted(people, on=TODAY)
        transaction.set_rollback(True)


TIES = [
    # (category, days ago, spent) of one order each; which is the favourite
    ([("a", 9, 1), ("a", 8, 1), ("b", 1, 99)], "a"),  # most orders
    ([("a", 1, 5), ("b", 9, 6)], "b"),  # then most spent
    ([("b", 1, 5), ("a", 9, 5)], "b"),  # then the later one
    ([("b", 1, 5), ("a", 1, 5)], "a"),  # then the name
]


@pytest.mark.parametrize(("bought", "best"), TIES, ids=str)
def test_a_favourite_has_most_orders_then_spend_then_the_later_day_then_the_name(bought, best):
    customer = Customer.objects.create()
    for name, days, spent in bought:
        order = OrderFactory(
            customer=customer,
            placed_at=NOON - timedelta(days=days),
            total=Decimal(spent),
            channel=name,
        )
        keys = {"category_key": name, "product_key": name}
        OrderLineFactory(order=order, price=Decimal(spent), **keys)

    bring_up_to_date(on=TODAY)

    habits = CustomerHabits.objects.get()
    favourites = habits.favorite_category_key, habits.favorite_product_key
    assert (*favourites, habits.preferred_channel_key) == (best, best, best)


HOURS = [(10, 0, 0), (11, 1, 0), (13, 1, 0), (14, 0, 0), (16, 0, 0), (17, 0, 1), (20, 0, 1)]


@pytest.mark.parametrize(("hour", "lunch", "dinner"), [*HOURS, (21, 0, 0)])
def test_lunch_and_dinner_end_on_the_hour(hour, lunch, dinner):
    OrderFactory(placed_at=NOON.replace(hour=hour, minute=59))

    bring_up_to_date(on=TODAY)

    habits = CustomerHabits.objects.get()
    assert (habits.lunch_orders, habits.dinner_orders) == (lunch, dinner)


def test_nothing_is_written_where_nothing_has_changed():
    customer = OrderLineFactory(category="Tea", category_key="tea").customer
    bring_up_to_date(on=TODAY)
    place = "SELECT ctid, xmin FROM commerce_customerhabits WHERE customer_id = %s"

    with connection.cursor() as cursor:
        cursor.execute(place, [customer.pk])
        before = cursor.fetchone()
        bring_up_to_date(on=TODAY)
        cursor.execute(place, [customer.pk])

        assert cursor.fetchone() == before


def test_a_long_import_counts_habits_at_its_end_for_everybody(monkeypatch):
    monkeypatch.setattr(follow, "PART", 2)
    monkeypatch.setattr(follow, "WIDE", 2)
    monkeypatch.setattr(stale.CONSUMERS, "_entries", {"test": stale.Consumer("test", "Test")})
    how = Ingest(source="csv", today=TODAY, import_id=7, numbers_later=True)
    orders = [
        OrderRecord(
            external_id=f"O{n}",
            source_at=NOON,
            person=f"C{n}",
            placed_at=NOON,
            channel="WEB",
            discount_total=Decimal(1),
        )
        for n in range(7)
    ]

    ingest([*orders, PersonRecord(external_id="none", source_at=NOON)], how=how)
    before = CustomerHabits.objects.count()
    catch_up(import_id=7, today=TODAY, cause="import", progress=Silence())

    assert before == 0
    assert CustomerHabits.objects.filter(preferred_channel_key="web").count() == 7
    assert CustomerHabits.objects.count() == Customer.objects.count() == 8
    marked = StaleCustomer.objects.filter(consumer="test", facts="orders")
    assert marked.values("customer_id").distinct().count() == 8
