"""Whose answer to a rule time alone can have changed: found by days, not by asking everybody.

A generous set is right, a missing customer is wrong: what is not known here answers "anybody".
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any

from psycopg import sql

from commerce.rollups.activity import moved_activity
from segments.catalogue import StoreCatalogue
from segments.rules.clock import Point, Span
from segments.rules.dependencies import SHARES
from segments.rules.fields import Catalogue, Field
from segments.rules.kinds.dates import is_relative
from segments.rules.tree import Behaviour, Group, Leaf, Node, is_evaluated, walk
from segments.scoring.beside.day_queries import Days, Range, between, orders_seen, scans

# Field → the columns of days it is counted from, and the table they stand in.
_METRICS, _ACTIVITY = "commerce_customermetrics", "commerce_customeractivity"
_SIGNUP = ((_METRICS, "since_on"), (_ACTIVITY, "signed_up_on"))
AGES: dict[str, tuple[tuple[str, str], ...]] = {
    "last_order_date": ((_METRICS, "last_order_on"),),
    "days_since_last_order": ((_METRICS, "last_order_on"),),
    "first_order_date": ((_METRICS, "first_order_on"),),
    "days_since_first_order": ((_METRICS, "first_order_on"),),
    "customer_since": ((_METRICS, "since_on"),),
    "days_since_signup": _SIGNUP,
    "days_since_last_active": ((_ACTIVITY, "last_active_on"),),
    "weekly_active": ((_ACTIVITY, "last_active_on"),),
    "trial_days_remaining": ((_ACTIVITY, "trial_ends_on"),),
    "days_since_churn": ((_ACTIVITY, "churned_on"),),
    "last_contacted_on": (("segments_lastcontact", "contacted_on"),),
}
# What midnight counts again of everybody who did something on certain days.
ROLLED = {
    "weekly_sessions",
    "weekly_actions",
    "features_used",
    "engagement_trend",
    "weeks_declining",
}
WEEK_DAYS = 7  # of weekly_active


class _Anybody(Exception):  # noqa: N818 - an answer
    """The rule asks for something whose days are not known here."""


def moved_by_time(
    rules: Iterable[Group | None], *, since: date, day: date
) -> list[sql.Composable] | None:
    """Return queries of the customers whose answers can differ between two days; None: anybody."""
    catalogue = StoreCatalogue()
    nodes = [node for tree in rules if tree is not None for node in _evaluated(tree)]
    try:
        parts = [part for node in nodes for part in _moved(node, catalogue, since, day)]
    except _Anybody:
        return None
    if since == day:
        return []
    found = [part for part in parts if isinstance(part, sql.Composable)]
    days = [part for part in parts if not isinstance(part, sql.Composable)]
    return [*orders_seen(since, day), *found, *scans(days)]


def _evaluated(node: Node) -> Iterator[Node]:
    if not is_evaluated(node):
        return
    if isinstance(node, Group):
        for child in node.rules:
            yield from _evaluated(child)
    else:
        yield node


def _moved(
    node: Node, catalogue: Catalogue, since: date, day: date
) -> Iterator[sql.Composable | Days]:
    if isinstance(node, Behaviour):
        if since != day or _has_hours(node):
            yield from _moved_behaviour(node, catalogue, since, day)
        return
    assert isinstance(node, Leaf)
    field = catalogue.field(node.field)
    if field is None or node.operator in SHARES:
        raise _Anybody
    if since == day and not _says_hours(node.value):
        return
    if node.field in ROLLED:
        if since != day:
            yield moved_activity(since, on=day)
    elif _is_temporal(node, field):
        if node.field not in AGES:
            raise _Anybody
        yield from _aged(node, since, day)


def _is_temporal(leaf: Leaf, field: Field) -> bool:
    operator = field.kind.operators[leaf.operator]
    return operator.is_temporal or field.is_temporal or is_relative(leaf.value)


def _aged(leaf: Leaf, since: date, day: date) -> Iterator[Days]:
    ranges = [_crossing(age, since, day) for age in _ages(leaf.value)]
    if leaf.field == "weekly_active":
        ranges = [_crossing(WEEK_DAYS, since, day)]
    # Every such field is also compared with today itself: a trial that ends, a day to come.
    ranges.append(_crossing(0, since, day))
    for table, column in AGES[leaf.field]:
        for first, last in ranges:
            yield table, column, first, last


def _ages(value: Any) -> Iterator[int]:
    """Yield the ages in days that a value compares; days to come are negative."""
    if isinstance(value, tuple):
        for one in value:
            yield from _ages(one)
    elif isinstance(value, Point):
        yield from _span(value.span, 1 if value.is_past else -1)
    elif isinstance(value, Span):
        yield from _span(value, 1)
        yield from _span(value, -1)  # “in the next …”
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        whole = int(Decimal(value).to_integral_value(ROUND_CEILING))
        yield from (whole, -whole)
    elif isinstance(value, date) or value is None or isinstance(value, bool):
        return
    else:
        raise _Anybody


def _span(span: Span, sign: int) -> Iterator[int]:
    if span.unit not in ("days", "weeks"):
        raise _Anybody
    yield sign * span.count * (7 if span.unit == "weeks" else 1)


def _crossing(age: int, since: date, day: date) -> Range:
    """Return the days whose age passed `age` between two days, one on either side besides."""
    try:
        return since - timedelta(days=age + 1), day - timedelta(days=age - 1)
    except OverflowError:
        return date.min, date.min


def _moved_behaviour(
    leaf: Behaviour, catalogue: Catalogue, since: date, day: date
) -> Iterator[sql.Composable]:
    source = catalogue.source(leaf.did)
    is_event = source is not None and any(f.startswith("event:") for f in source.facts)
    if not is_event and leaf.did not in ("order", "order_line"):
        raise _Anybody
    if _has_hours(leaf) or _moves_within(leaf.where):
        raise _Anybody
    if leaf.window is not None and not _is_simple(leaf.window.value):
        raise _Anybody
    ages = [0]
    if leaf.window is not None:
        ages += _ages(leaf.window.value)
    if leaf.measure.startswith("days_since"):
        ages += _ages(leaf.value)
    for age in ages:
        first, last = _crossing(age, since, day)
        if is_event:
            yield sql.SQL("{} AND name = {}").format(
                between("commerce_event", "occurred_on", first, last), sql.Literal(leaf.did)
            )
        else:
            yield between("commerce_order", "placed_on", first, last)


def _is_simple(value: Any) -> bool:
    values = value if isinstance(value, tuple) else (value,)
    return all(isinstance(one, Span | Point | date) for one in values)


def _moves_within(where: Group | None) -> bool:
    if where is None:
        return False
    return any(
        isinstance(node, Leaf) and (is_relative(node.value) or node.operator == "in_period")
        for node in walk(where)
    )


def _has_hours(leaf: Behaviour) -> bool:
    return leaf.window is not None and _says_hours(leaf.window.value)


def _says_hours(value: Any) -> bool:
    if isinstance(value, tuple):
        return any(_says_hours(one) for one in value)
    span = value.span if isinstance(value, Point) else value
    return isinstance(span, Span) and span.unit == "hours" and span.count > 0
