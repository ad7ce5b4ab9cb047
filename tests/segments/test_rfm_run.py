"""A pass of RFM: numbers, scores, segments, movements, and what must not happen."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from segments import services
from segments.models import (
    RfmScore,
    RfmSettings,
)
from segments.scoring.rfm.definition import read_definition
from tests.commerce.factories import CustomerFactory, OrderFactory

TODAY = date(2026, 6, 30)
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


def noon(days_ago):
    return NOW - timedelta(days=days_ago)


def buy(customer, days_ago, spend="20.00", **values):
    return OrderFactory(customer=customer, placed_at=noon(days_ago), total=Decimal(spend), **values)


def compute(as_of=TODAY, **choices):
    definition = read_definition(RfmSettings(**choices))
    return services.compute_rfm(definition, as_of=as_of, at=NOW)


def scored(customer):
    row = RfmScore.objects.get(customer=customer)
    return (TODAY - row.last_order_on).days, row.frequency, row.monetary, row.r, row.f, row.m


@pytest.mark.parametrize(
    ("days", "score"),
    [(0, 5), (30, 5), (31, 4), (60, 4), (61, 3), (90, 3), (91, 2), (180, 2), (181, 1), (365, 1)],
)
def test_recency_bands_end_where_they_say(tenant, days, score):
    customer = CustomerFactory()
    buy(customer, days)

    compute()

    assert scored(customer) == (days, 1, Decimal("20.00"), score, 1, 1)


@pytest.mark.parametrize(
    ("orders", "score"),
    [(1, 1), (2, 2), (3, 2), (4, 3), (7, 3), (8, 4), (11, 4), (12, 5), (13, 5)],
)
def test_frequency_bands_end_where_they_say(tenant, orders, score):
    customer = CustomerFactory()
    for _ in range(orders):
        buy(customer, 5, "1.00")

    compute()

    assert scored(customer) == (5, orders, Decimal(orders), 5, score, 1)


@pytest.mark.parametrize(
    ("spend", "score"),
    [
        ("49.99", 1),
        ("50.00", 2),
        ("149.99", 2),
        ("150.00", 3),
        ("299.99", 3),
        ("300.00", 4),
        ("499.99", 4),
        ("499.9949", 4),
        ("499.995", 5),
        ("500.00", 5),
    ],
)
def test_money_bands_compare_whole_cents(tenant, spend, score):
    customer = CustomerFactory()
    buy(customer, 5, spend)

    compute()

    assert RfmScore.objects.get().m == score
    assert RfmScore.objects.get().monetary == round(Decimal(spend) + Decimal("0.00001"), 2)
