"""Edges that generated rules seldom meet: nothing at all, the very day, 29 February."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from segments.audience import StoreScope, audience
from segments.catalogue import StoreCatalogue
from segments.rules.clock import Clock
from segments.rules.parse import parse
from tests.commerce.factories import CustomerFactory, OrderFactory, bring_up_to_date
from tests.segments.rules.world import LONDON

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def found(rule, at=NOON):
    catalogue = StoreCatalogue()
    rows = audience(parse(rule, catalogue), catalogue, StoreScope(Clock(at, LONDON)))
    return set(rows.values_list("customer__first_name", flat=True))


@pytest.fixture
def buyers(tenant):
    """None bought nothing, One once 30 days ago, Two twice, the first time 30 days ago."""
    people = [CustomerFactory(first_name=name) for name in ("None", "One", "Two")]
    for person, ages in zip(people[1:], ([30], [30, 10]), strict=True):
        for days in ages:
            moment = NOON - timedelta(days=days)
            OrderFactory(customer=person, placed_at=moment, total=Decimal(50))
    bring_up_to_date(on=NOON.date())


COUNTS = [
    ("count", "lte", 0, {"None"}),
    ("count", "lte", 1, {"None", "One"}),
    ("count", "lt", 1, {"None"}),
    ("count", "eq", 0, {"None"}),
    ("count", "ne", 0, {"One", "Two"}),
    ("count", "ne", 1, {"None", "Two"}),
    ("count", "gte", 0, {"None", "One", "Two"}),
    ("count", "gt", 0, {"One", "Two"}),
    ("count", "between", [0, 1], {"None", "One"}),
    ("count", "between", [1, 2], {"One", "Two"}),
    ("sum:total", "lte", 0, {"None"}),
    ("sum:total", "lt", 100, {"None", "One"}),
    ("max:total", "lte", 50, {"One", "Two"}),
    ("max:total", "ne", 50, {"None"}),
    ("days_since_first", "gt", 29, {"One", "Two"}),
    ("days_since_first", "gt", 30, set()),
    ("days_since_first", "gte", 30, {"One", "Two"}),
    ("days_since_first", "gte", 31, set()),
    ("days_since_last", "lt", 30, {"Two"}),
    ("days_since_last", "lt", 31, {"One", "Two"}),
    ("days_since_last", "lte", 30, {"One", "Two"}),
    ("days_since_last", "lte", 29, {"Two"}),
    ("days_since_last", "eq", 30, {"One"}),
    ("days_since_last", "ne", 30, {"None", "Two"}),
    ("days_since_last", "between", [10, 30], {"One", "Two"}),
    ("days_since_last", "between", [11, 30], {"One"}),
]


@pytest.mark.parametrize(("measure", "operator", "value", "who"), COUNTS, ids=str)
def test_nothing_and_the_very_number_are_on_the_right_side(buyers, measure, operator, value, who):
    rule = {"did": "order", "measure": measure, "operator": operator, "value": value}

    assert found(rule) == who


BIRTHDAYS = [
    (date(2027, 2, 26), "anniversary_in_next", "1_day", set()),
    (date(2027, 2, 27), "anniversary_in_next", "1_day", {"28", "29"}),
    (date(2027, 2, 28), "anniversary_today", None, {"28", "29"}),
    (date(2027, 3, 1), "anniversary_today", None, {"1"}),
    (date(2027, 3, 1), "anniversary_in_last", "1_day", {"28", "29", "1"}),
    (date(2027, 3, 2), "anniversary_in_last", "1_day", {"1"}),
    (date(2028, 2, 28), "anniversary_today", None, {"28"}),
    (date(2028, 2, 28), "anniversary_in_next", "1_day", {"28", "29"}),
    (date(2028, 2, 29), "anniversary_today", None, {"29"}),
    (date(2028, 3, 1), "anniversary_in_last", "1_day", {"29", "1"}),
    (date(2027, 12, 31), "anniversary_in_next", "2_months", {"28", "29"}),
]


@pytest.mark.parametrize(("day", "operator", "value", "who"), BIRTHDAYS, ids=str)
def test_29_february_is_celebrated_on_the_28th_of_common_years(tenant, day, operator, value, who):
    for name, born in (("28", (1991, 2, 28)), ("29", (1992, 2, 29)), ("1", (1990, 3, 1))):
        CustomerFactory(first_name=name, birthday=date(*born))
    bring_up_to_date(on=NOON.date())
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

    assert found({"field": "birthday", "operator": operator, "value": value}, at) == who


@pytest.mark.parametrize(
    ("field", "operator", "value", "who"),
    [
        ("total_orders", "gte", "1.5", {"Two"}),
        ("total_orders", "lt", "1.5", {"None", "One"}),
        ("total_orders", "eq", "1.5", set()),
        ("total_orders", "between", ["0.5", "1.5"], {"One"}),
        ("days_since_last_order", "eq", "30.99", set()),
        ("days_since_last_order", "gte", "10.5", {"One"}),
        ("days_since_last_order", "lte", "10.5", {"Two"}),
    ],
)
def test_a_whole_number_is_compared_with_the_part_after_the_point(
    buyers, field, operator, value, who
):
    assert found({"field": field, "operator": operator, "value": value}) == who
