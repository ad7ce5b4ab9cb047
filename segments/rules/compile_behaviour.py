"""From a question about what customers did to a condition over CustomerMetrics."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, ExpressionWrapper, F, Max, Q, Value
from django.db.models.lookups import In

from segments.rules.behaviour import measured_field, window_field
from segments.rules.clock import Span, shift
from segments.rules.compile_leaf import combine, compile_leaf
from segments.rules.conditions import as_q, negate
from segments.rules.fields import Field, Source
from segments.rules.kinds.number import NUMBER
from segments.rules.measures import MEASURES, Measure
from segments.rules.operators import Ask
from segments.rules.scope import Scope
from segments.rules.tree import Behaviour, Group, Leaf, Node, Window, enabled


def compile_behaviour(leaf: Behaviour, source: Source, scope: Scope) -> Q:
    """Return a behaviour as a condition."""
    rolled = source.rolled(leaf, scope) if source.rolled else None
    if rolled is not None:
        return as_q(rolled)
    measure, field = MEASURES[leaf.measure], source.fields.get(leaf.measure_field)
    rows = behaviour_rows(leaf, source, scope)
    if _holds_without_rows(leaf, measure):
        # Everybody but those whose rows break it: `count = 0` includes who has no rows at all.
        return negate(
            In(F("pk"), _customers(rows, leaf, source, measure, field, scope, keep=False))
        )
    return Q(In(F("pk"), _customers(rows, leaf, source, measure, field, scope, keep=True)))


def behaviour_rows(leaf: Behaviour, source: Source, scope: Scope) -> Any:
    """Return the rows that pass the window and the filters, all on the same row."""
    rows = source.rows(scope, leaf.all_orders).filter(customer_id__isnull=False)
    if leaf.window is not None:
        field = window_field(source)
        operator = field.kind.operators[leaf.window.operator]
        lhs = F(source.moment or source.day)
        ask = Ask(field, lhs, leaf.window.value, scope)
        rows = rows.filter(as_q(operator.build(ask)), _days_of(leaf.window, source, scope))
    if leaf.where is not None:
        rows = rows.filter(_compile_where(leaf.where, source, scope))
    return rows


def _days_of(window: Window, source: Source, scope: Scope) -> Q:
    """Return what a window of moments implies of the local day, by which an index finds them.

    A day more than it can be: a few weeks of a year's events, not all of them (4.2 s to 0.4 s).
    """
    if not source.moment or window.operator != "in_last" or not isinstance(window.value, Span):
        return Q()
    first = shift(scope.clock.today, window.value, -1)
    if first <= date.min + timedelta(days=1):
        return Q()
    return Q(**{f"{source.day}__gte": first - timedelta(days=1)})


def _compile_where(node: Node, source: Source, scope: Scope) -> Q:
    if isinstance(node, Group):
        parts = [_compile_where(rule, source, scope) for _, rule in enabled(node.rules)]
        # Filters that are all switched off filter nothing.
        return combine(node.logic, parts) if parts else Q()
    assert isinstance(node, Leaf)
    return compile_leaf(node, source.fields[node.field], scope)


def _holds_without_rows(leaf: Behaviour, measure: Measure) -> bool:
    """Whether a customer without any row matches."""
    negative = leaf.operator == "ne"
    if measure.empty is None:
        return negative  # a missing value: only negative operators match it
    zero, value = measure.empty, leaf.value
    low, high = value if isinstance(value, tuple) else (value, value)
    return {
        "eq": zero == low,
        "ne": zero != low,
        "gt": zero > low,
        "gte": zero >= low,
        "lt": zero < low,
        "lte": zero <= low,
        "between": low <= zero <= high,
    }[leaf.operator]


def _customers(
    rows: Any,
    leaf: Behaviour,
    source: Source,
    measure: Measure,
    field: Field | None,
    scope: Scope,
    *,
    keep: bool,
) -> Any:
    """Return the customers whose measured rows hold (`keep`) or break the comparison."""
    if _asks_for_any(leaf, measure, keep=keep):
        return rows.values("customer_id")
    measured = measured_rows(rows, measure, field, source, scope)
    condition = _compare(leaf, measure, scope)
    return measured.filter(condition if keep else negate(condition)).values("customer_id")


def measured_rows(
    rows: Any, measure: Measure, field: Field | None, source: Source, scope: Scope
) -> Any:
    """Return a row a customer with what a behaviour measures, as `measured`."""
    measured = rows.order_by().values("customer_id")
    if measure.of_orders:
        share = measure.aggregate(F(source.order)) * Value(Decimal(100)) / Max(source.orders)
        share = ExpressionWrapper(share, DecimalField(max_digits=24, decimal_places=9))
        return measured.filter(**{f"{source.orders}__gt": 0}).annotate(measured=share)
    of = field.sql(scope) if field else F(source.day)
    return measured.annotate(measured=measure.aggregate(of))


def _asks_for_any(leaf: Behaviour, measure: Measure, *, keep: bool) -> bool:
    """Whether having one row decides: no grouping is needed then."""
    if measure.key != "count":
        return False
    if keep:
        return (leaf.operator, leaf.value) in (("gte", Decimal(1)), ("gt", Decimal(0)))
    return (leaf.operator, leaf.value) in (("eq", 0), ("lt", 1), ("lte", 0))


# A number of days since is compared as a day, the other way round.
_MIRRORED = {"gt": "lt", "gte": "lte", "lt": "gt", "lte": "gte", "eq": "eq", "between": "between"}


def _compare(leaf: Behaviour, measure: Measure, scope: Scope) -> Q:
    key, value = leaf.operator, leaf.value
    positive = "eq" if key == "ne" else key
    if measure.is_age:
        today = scope.clock.today
        figures = value if isinstance(value, tuple) else (value,)
        dates = tuple(today - timedelta(days=int(figure)) for figure in reversed(figures))
        value = dates if isinstance(value, tuple) else dates[0]
        positive = _MIRRORED[positive]
    ask = Ask(measured_field(measure, None), F("measured"), value, scope)
    condition = as_q(NUMBER.operators[positive].build(ask))
    return negate(condition) if key == "ne" else condition
