"""Days and moments, compared on the merchant's calendar.

Both kinds ask for spans of days; a Day column holds the local day itself, a Moment column an
instant that is compared with the edges of local days. `N_hours` is the only rolling unit.
"""

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.db.models.lookups import GreaterThanOrEqual, LessThan, LessThanOrEqual

from segments.rules.clock import Point, Span, read_point, shift
from segments.rules.errors import RuleError
from segments.rules.kinds.base import Kind
from segments.rules.kinds.number import SET
from segments.rules.operators import Ask, Operator, table
from segments.rules.speech import Speech

if TYPE_CHECKING:
    from segments.rules.fields import Field

When = date | Point
# The days that a store can hold: a rule about year 1 or 9999 is a slip of the keyboard.
# A moment stands for its day; whatever else follows a date is a slip.
_DAY = re.compile(r"^(\d{4}-\d\d-\d\d)[T ][\d:.]{4,15}(?:Z|[+-]\d\d:?\d\d)?$", re.ASCII)
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)


def days(ask: Ask, first: date | None, last: date | None) -> Q:
    """Return the condition that the value falls on one of the days `first` … `last`."""
    field_is_moment = ask.field.kind.has_hours
    clock = ask.scope.clock
    condition = Q()
    if first is not None:
        edge: Any = clock.start_of(_clamped(first)) if field_is_moment else first
        condition &= Q(GreaterThanOrEqual(ask.lhs, edge))
    if last is not None and field_is_moment:
        condition &= Q(LessThan(ask.lhs, clock.start_of(_clamped(last) + timedelta(days=1))))
    elif last is not None:
        condition &= Q(LessThanOrEqual(ask.lhs, last))
    return condition


def _clamped(day: date) -> date:
    return min(max(day, EARLIEST), LATEST)


def _day(ask: Ask) -> date:
    return ask.scope.clock.day(ask.value)


def _in_last(ask: Ask) -> Q:
    clock, span = ask.scope.clock, ask.value
    if span.unit == "hours":
        first = clock.as_of - timedelta(hours=span.count)
        return Q(GreaterThanOrEqual(ask.lhs, first)) & Q(LessThanOrEqual(ask.lhs, clock.as_of))
    return days(ask, shift(clock.today, span, -1), clock.today)


def _in_next(ask: Ask) -> Q:
    clock, span = ask.scope.clock, ask.value
    if span.unit == "hours":
        last = clock.as_of + timedelta(hours=span.count)
        return Q(GreaterThanOrEqual(ask.lhs, clock.as_of)) & Q(LessThanOrEqual(ask.lhs, last))
    return days(ask, clock.today, shift(clock.today, span, 1))


def _more_than_ago(ask: Ask) -> Q:
    clock, span = ask.scope.clock, ask.value
    if span.unit == "hours":
        return Q(LessThan(ask.lhs, clock.as_of - timedelta(hours=span.count)))
    return days(ask, None, shift(clock.today, span, -1) - timedelta(days=1))


def _between_ago(ask: Ask) -> Q:
    near, far = ask.value
    today = ask.scope.clock.today
    return days(ask, shift(today, far, -1), shift(today, near, -1))


def _between(ask: Ask) -> Q:
    first, last = (ask.scope.clock.day(value) for value in ask.value)
    return days(ask, first, last)


EQ = Operator("eq", "is on", "on {value}", lambda ask: days(ask, _day(ask), _day(ask)))
ONE_DAY = timedelta(days=1)
OPERATORS = table(
    EQ,
    EQ.opposite("ne", "is not on", "not on {value}"),
    Operator("gt", "is after", "after {value}", lambda ask: days(ask, _day(ask) + ONE_DAY, None)),
    Operator("gte", "is on or after", "on or after {value}", lambda a: days(a, _day(a), None)),
    Operator("lt", "is before", "before {value}", lambda a: days(a, None, _day(a) - ONE_DAY)),
    Operator("lte", "is on or before", "on or before {value}", lambda a: days(a, None, _day(a))),
    Operator("between", "is between", "between {value}", _between, takes="two"),
    Operator(
        "in_last",
        "is in the last …",
        "in the last {value}",
        _in_last,
        takes="window",
        is_temporal=True,
    ),
    Operator(
        "more_than_ago",
        "is more than … ago",
        "more than {value} ago",
        _more_than_ago,
        takes="window",
        is_temporal=True,
    ),
    Operator(
        "between_ago",
        "is between … and … ago",
        "between {value} ago",
        _between_ago,
        takes="windows",
        is_temporal=True,
    ),
    Operator(
        "in_next",
        "is in the next …",
        "in the next {value}",
        _in_next,
        takes="window",
        is_temporal=True,
    ),
    Operator(
        "in_period",
        "is in",
        "{value}",
        lambda ask: days(ask, *ask.scope.clock.period(ask.value)),
        takes="period",
        is_temporal=True,
    ),
    SET,
    SET.opposite("is_not_set", "is unknown", "is unknown"),
)


class Day(Kind):
    """A calendar day of the merchant."""

    key, label = "date", "Date"
    operators = OPERATORS

    def read(self, field: "Field", raw: Any) -> When:
        if not isinstance(raw, str):
            raise RuleError("Expected a date such as 2026-08-22, or 90_days_ago.")
        point = read_point(raw)
        if point is not None:
            if point.span.unit == "hours" and point.span.count:
                raise RuleError("A date is compared by days; for hours ask “is in the last …”.")
            return point
        try:
            day = date.fromisoformat(_DAY.sub(r"\1", raw.strip()))
        except ValueError:
            raise RuleError(
                f"“{raw[:40]}” is no date. Write 2026-08-22, today, or 90_days_ago."
            ) from None
        if not EARLIEST <= day <= LATEST:
            raise RuleError("Expected a date between 1900 and 2200.")
        return day

    def dump(self, value: When) -> str:
        return str(value)

    def say(self, field: "Field", value: When, speech: Speech) -> str:
        if isinstance(value, Point):
            return f"{speech.day(speech.clock.day(value))} ({value.words})"
        return speech.day(value)

    def order_key(self, value: When) -> Any:
        if isinstance(value, date):
            return value
        return shift(date(2000, 1, 1), value.span, -1 if value.is_past else 1)


class Moment(Day):
    """An instant, compared by the local day it falls on, or by hours."""

    key, label = "moment", "Date and time"
    has_hours = True


DAY, MOMENT = Day(), Moment()


def is_relative(value: Any) -> bool:
    """Whether a read value moves with the calendar."""
    if isinstance(value, tuple):
        return any(is_relative(item) for item in value)
    return isinstance(value, Point | Span)
