"""Which of many candidate days matter to a behaviour: rows counted over a window that moves.

A thousand purchases are a thousand edges, of which one turns the leaf. Counting here only thins the
candidates out; what is left is answered by the compiled rule.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from segments.rules.clock import Clock, shift
from segments.rules.measures import MEASURES
from segments.rules.tree import Behaviour, Window

Rows = Sequence[tuple[date, Any]]  # day and measured value, in the order of days
COUNTED = (
    *("count", "count_distinct", "sum", "avg", "min", "max"),
    *("days_since_last", "days_since_first"),
)
FIRST, LAST = date.min, date.max


def turning_days(leaf: Behaviour, rows: Rows, days: Iterable[date], clock: Clock) -> set[date]:
    """Return those of `days` on which the leaf turns, as far as its rows stay what they are."""
    dates = [day for day, _ in rows]
    found, before = set(), _holds(leaf, rows, dates, clock, clock.today)
    for day in sorted(days):
        now = _holds(leaf, rows, dates, clock, day)
        if now is not before:
            found.add(day)
        before = now
    return found


def _holds(leaf: Behaviour, rows: Rows, dates: list[date], clock: Clock, on: date) -> bool:
    first, last = _span(leaf.window, clock, on)
    inside = rows[bisect_left(dates, first) : bisect_right(dates, last)]
    return _compares(leaf, _measured(leaf, inside, on))


def _span(window: Window | None, clock: Clock, on: date) -> tuple[date, date]:
    if window is None:
        return FIRST, LAST
    then = Clock(clock.start_of(on), clock.zone)
    if window.operator == "in_period":
        return then.period(window.value)
    if window.operator == "between":
        return then.day(window.value[0]), then.day(window.value[1])
    edge = shift(on, window.value, -1)
    if window.operator == "in_last":
        return edge, on
    return FIRST, edge - timedelta(days=1) if edge > FIRST else FIRST


def _measured(leaf: Behaviour, rows: Rows, on: date) -> Any:
    values = [value for _, value in rows if value is not None]
    if leaf.measure == "count":
        return Decimal(len(rows))
    if leaf.measure == "count_distinct":
        return Decimal(len(set(values)))
    if leaf.measure == "sum":
        return sum(values, Decimal(0))
    if not rows or (not values and not MEASURES[leaf.measure].is_age):
        return None
    if leaf.measure == "avg":
        return sum(values, Decimal(0)) / len(values)
    if leaf.measure in ("min", "max"):
        return (min if leaf.measure == "min" else max)(values)
    day = rows[-1][0] if leaf.measure == "days_since_last" else rows[0][0]
    return Decimal((on - day).days)


def _compares(leaf: Behaviour, value: Any) -> bool:
    if value is None:
        return leaf.operator == "ne"
    wanted = leaf.value
    if leaf.operator == "between":
        return bool(wanted[0] <= value <= wanted[1])
    return bool(
        {
            "eq": value == wanted,
            "ne": value != wanted,
            "gt": value > wanted,
            "gte": value >= wanted,
            "lt": value < wanted,
            "lte": value <= wanted,
        }[leaf.operator]
    )
