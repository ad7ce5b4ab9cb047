"""Ever and never bought a category: the rollup and the lines give the same customers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from segments.audience import StoreScope, audience
from segments.catalogue import StoreCatalogue
from segments.rules.clock import Clock
from segments.rules.parse import parse
from tests.segments.rules import world

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)  # on the day the metrics stand at


class Lines(StoreCatalogue):
    """The catalogue without what is rolled up."""

    def source(self, key):
        return replace(super().source(key), rolled=None)


def bought(value, *, comparison, operator="eq", **more):
    where = {"logic": "AND", "rules": [{"field": "category", "operator": operator, "value": value}]}
    compared, number = comparison
    return {"did": "order_line", "where": where, "operator": compared, "value": number} | more


def asked(rule, *, catalogue, as_of=NOON):
    """Return who is found, and what was asked."""
    with CaptureQueriesContext(connection) as queries:
        tree, scope = parse(rule, catalogue), StoreScope(Clock(as_of, world.LONDON))
        found = set(audience(tree, catalogue, scope).values_list("pk", flat=True))
    return found, queries[-1]["sql"]


@pytest.fixture
def store(tenant):
    return world.build(seed=11)


@pytest.mark.parametrize("comparison", [("gte", 1), ("gt", 0), ("eq", 0), ("lt", 1), ("lte", 0)])
@pytest.mark.parametrize("value", ["WINE", "Tea", "Nothing", ["tea", "Wine"]])
def test_the_rollup_answers_as_the_lines_do(store, value, comparison):
    operator = "in" if isinstance(value, list) else "eq"
    rule = bought(value, comparison=comparison, operator=operator)

    found, sql = asked(rule, catalogue=StoreCatalogue())
    wanted, lines_sql = asked(rule, catalogue=Lines())

    assert found == wanted
    assert "commerce_customerhabits" in sql
    assert "commerce_orderline" not in sql
    assert "commerce_orderline" in lines_sql


@pytest.mark.parametrize(
    "more",
    [
        {"window": {"in_last": "90_days"}},
        {"orders": "all"},
        {"value": 2},
        {"measure": "sum:quantity"},
        {"where": {"logic": "NONE", "rules": [
            {"field": "category", "operator": "eq", "value": "Tea"}]}},
        {"where": {"logic": "AND", "rules": [
            {"field": "category", "operator": "eq", "value": "Tea"},
            {"field": "quantity", "operator": "gte", "value": 1}]}},
        {"where": {"logic": "AND", "rules": [
            {"field": "category", "operator": "ne", "value": "Tea"}]}},
    ],
    ids=lambda more: next(iter(more)),
)  # fmt: skip
def test_any_other_question_is_asked_of_the_lines(store, more):
    rule = bought("Tea", comparison=("gte", 1)) | more

    found, sql = asked(rule, catalogue=StoreCatalogue())

    assert "commerce_orderline" in sql
    assert "commerce_customerhabits" not in sql
    assert found == asked(rule, catalogue=Lines())[0]


def test_a_day_the_rollup_does_not_stand_at_is_asked_of_the_lines(store):
    rule = bought("Tea", comparison=("gte", 1))

    _, sql = asked(rule, catalogue=StoreCatalogue(), as_of=NOON + timedelta(days=1))

    assert "commerce_orderline" in sql
