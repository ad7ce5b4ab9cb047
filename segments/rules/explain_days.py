"""The days on which time alone can turn a leaf for one customer: few candidates, never a scan.

What a leaf asks of the calendar comes down to edges, days that move with today (`today − 90 days`,
the first of the month), compared with the customer's own days. A leaf can turn only where an edge
reaches or passes one of them. Candidates may be too many, never too few: each is evaluated.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from segments.rules.clock import Clock, Point, Span, shift
from segments.rules.explain_known import HOURS, MOVES, NIGHTLY, SHARE, History, Untold
from segments.rules.explain_numbers import ages, figures_of, number_days
from segments.rules.explain_rows import turning_days
from segments.rules.explain_years import yearly_days
from segments.rules.fields import Field, Source
from segments.rules.kinds import SEGMENT
from segments.rules.kinds.dates import LATEST, Day, is_relative
from segments.rules.measures import MEASURES
from segments.rules.tree import Behaviour, Leaf, walk

# An edge is what moves with today: so many days away from it, or a day of the calendar.
Edge = int | Callable[[date], date]
DAY = timedelta(days=1)
FEW = 6  # candidate days that are evaluated rather than thinned out
SHARES = ("top_percent", "bottom_percent", "top_n")


def first_day(holds: Callable[[date], bool], *, after: date) -> date | None:
    """Return the first day later than `after` on which a condition that stays true is true."""
    low, high = after.toordinal(), LATEST.toordinal()
    if holds(after) or not holds(LATEST):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(date.fromordinal(middle)) else (middle, high)
    return date.fromordinal(high)


def meetings(edges: Iterable[Edge], days: Iterable[date], *, today: date) -> set[date]:
    """Return when each edge reaches, and when it passes, each of `days`, later than `today`."""
    found: set[date | None] = set()
    days = set(days)
    for edge in edges:
        for day in days:
            found |= (
                {_away(edge, day), _away(edge, day + DAY)}
                if isinstance(edge, int)
                else {
                    first_day(lambda on, e=edge, d=day: e(on) >= d, after=today),  # type: ignore[misc]
                    first_day(lambda on, e=edge, d=day: e(on) > d, after=today),  # type: ignore[misc]
                }
            )
    return {day for day in found if day is not None and day > today}


def _away(offset: int, day: date) -> date | None:
    reached = day.toordinal() - offset
    return date.fromordinal(reached) if 0 < reached <= LATEST.toordinal() else None


def edges_of(operator: str, value: Any, clock: Clock) -> list[Edge]:
    """Return the edges of a question about a date; raise Untold for hours."""
    if operator == "in_period":
        return [
            lambda on: _on(clock, on).period(value)[0],
            lambda on: _on(clock, on).period(value)[1],
        ]
    parts = value if isinstance(value, tuple) else (value,)
    if any(isinstance(part, Span) and part.unit == "hours" for part in parts):
        raise Untold(HOURS)
    points = [part for part in parts if isinstance(part, Point)]
    if points:
        return [_moving(point.span, -1 if point.is_past else 1) for point in points]
    spans = [part for part in parts if isinstance(part, Span)]
    if not spans:
        return []
    sign = 1 if operator in ("in_next", "anniversary_in_next") else -1
    return [*(_moving(span, sign) for span in spans), 0]


def _moving(span: Span, sign: int) -> Edge:
    if span.unit in ("days", "weeks"):
        return sign * span.count * (7 if span.unit == "weeks" else 1)
    return lambda on: shift(on, span, sign)


def _on(clock: Clock, day: date) -> Clock:
    return Clock(clock.start_of(day), clock.zone)


def leaf_days(leaf: Leaf, of: Field, value: Any, history: History, clock: Clock) -> set[date]:
    """Return the days on which a question about one value can turn; raise Untold.

    `value` is what is seen today. Anniversaries come every year: see `explain_years`.
    """
    if leaf.operator in SHARES:
        raise Untold(SHARE)
    if any(fact.startswith("score:") for fact in of.facts):
        raise Untold(NIGHTLY)
    if of.kind is SEGMENT:
        return _segment_days(leaf, history, clock)
    found = set(history.ahead) if of.facts & {"orders", "activity"} else set()
    if isinstance(of.kind, Day):
        return found | _dated(leaf, of, value, history, clock)
    if of.is_temporal:
        found |= number_days(leaf, of, value, history, clock)
    return found


def _dated(leaf: Leaf, of: Field, value: Any, history: History, clock: Clock) -> set[date]:
    days = {_local(value, clock)} if value is not None else set()
    if history.ahead and "orders" in of.facts:
        days |= history.ordered  # the first and the last order may become any other one
    return meetings(edges_of(leaf.operator, leaf.value, clock), days, today=clock.today)


def _local(value: Any, clock: Clock) -> date:
    if isinstance(value, datetime):
        return value.astimezone(clock.zone).date()
    assert isinstance(value, date)
    return value


def _segment_days(leaf: Leaf, history: History, clock: Clock) -> set[date]:
    if leaf.operator in ("in", "not_in"):
        if set(leaf.value) & history.restless:
            raise Untold(NIGHTLY)
        return set()
    segments, when = leaf.value
    if set(segments) & history.restless:
        raise Untold(MOVES)
    days = {day for pk in segments for day in history.moves.get(pk, ())}
    edges = edges_of("in_last" if isinstance(when, Span) else "gte", when, clock)
    return meetings(edges, days, today=clock.today)


def behaviour_days(leaf: Behaviour, source: Source, history: History, clock: Clock) -> set[date]:
    """Return the days on which a question about what they did can turn; raise Untold."""
    rows, today = history.rows[source.key], clock.today
    # A moment of a later day is there from the next midnight on.
    found = {day + step for day in rows if day >= today for step in (timedelta(0), DAY)}
    found.discard(today)
    found |= history.ahead if "orders" in source.facts else set()
    if leaf.window is not None:
        found |= meetings(
            edges_of(leaf.window.operator, leaf.window.value, clock), rows, today=today
        )
    if MEASURES[leaf.measure].is_age:
        found |= ages(rows, figures_of(leaf.value), today=today)
    for inner in walk(leaf.where) if leaf.where is not None else ():
        if moves_with_time(inner):
            edges = edges_of(inner.operator, inner.value, clock)  # type: ignore[union-attr]
            found |= meetings(edges, history.values[leaf.did, inner.field], today=today)  # type: ignore[union-attr]
    if leaf in history.measured and len(found) > FEW:
        return turning_days(leaf, history.measured[leaf], found, clock)
    return found


def moves_with_time(node: Any) -> bool:
    """Say whether a filter on rows reads the calendar."""
    return isinstance(node, Leaf) and (is_relative(node.value) or node.operator == "in_period")


def anniversary_days(leaf: Leaf, born: date | None, *, until: date, clock: Clock) -> set[date]:
    """Return the days on which a question about a day of the year can turn."""

    def meet(asked: Leaf, days: set[date]) -> set[date]:
        edges = [0] if asked.value is None else edges_of(asked.operator, asked.value, clock)
        return meetings(edges, days, today=clock.today)

    return yearly_days(leaf, born, today=clock.today, until=until, meet=meet)
