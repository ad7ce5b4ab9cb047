"""The day of the year: birthdays and anniversaries. 29 February counts as 28 in common years."""

from calendar import isleap
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import IntegerField
from django.db.models.expressions import CombinedExpression, Value
from django.db.models.functions import ExtractDay, ExtractMonth
from django.db.models.lookups import Exact, In

from segments.rules.clock import Clock, shift
from segments.rules.errors import RuleError
from segments.rules.kinds.base import Kind
from segments.rules.kinds.number import SET
from segments.rules.operators import Ask, Operator, table
from segments.rules.speech import Speech

if TYPE_CHECKING:
    from segments.rules.fields import Field

MONTHS = tuple(f"{date(2000, month, 1):%B}" for month in range(1, 13))


def month_day(lhs: Any) -> CombinedExpression:
    """Return a date's place in the year as one integer: 1231 is 31 December."""
    month = CombinedExpression(ExtractMonth(lhs), "*", Value(100), output_field=IntegerField())
    return CombinedExpression(month, "+", ExtractDay(lhs), output_field=IntegerField())


def days_of_year(first: date, last: date) -> list[int]:
    """Return the anniversaries celebrated from `first` to `last`, both counted."""
    found = set()
    for offset in range(min((last - first).days, 366) + 1):
        day = first + timedelta(days=offset)
        found.add(day.month * 100 + day.day)
        if (day.month, day.day) == (2, 28) and not isleap(day.year):
            found.add(229)
    return sorted(found)


def _window(ask: Ask, sign: int) -> In:
    today = ask.scope.clock.today
    other = shift(today, ask.value, sign)
    return In(month_day(ask.lhs), days_of_year(min(today, other), max(today, other)))


def _today(ask: Ask) -> In:
    today = ask.scope.clock.today
    return In(month_day(ask.lhs), days_of_year(today, today))


def month_number(value: str, clock: Clock) -> int:
    """Return 1 to 12 for `march`, `this_month`, `next_month`."""
    if value in ("this_month", "next_month"):
        return (clock.today.month + (value == "next_month") - 1) % 12 + 1
    return [month.lower() for month in MONTHS].index(value) + 1


class Anniversary(Kind):
    """A date of which only day and month matter."""

    key, label = "anniversary", "Day of the year"
    operators = table(
        Operator(
            "anniversary_in_next",
            "comes in the next …",
            "comes in the next {value}",
            lambda ask: _window(ask, 1),
            takes="window",
            is_temporal=True,
        ),
        Operator(
            "anniversary_in_last",
            "came in the last …",
            "came in the last {value}",
            lambda ask: _window(ask, -1),
            takes="window",
            is_temporal=True,
        ),
        Operator(
            "anniversary_today", "is today", "is today", _today, takes="none", is_temporal=True
        ),
        Operator(
            "anniversary_month_is",
            "is in the month",
            "is in {value}",
            lambda ask: Exact(ExtractMonth(ask.lhs), month_number(ask.value, ask.scope.clock)),
            is_temporal=True,
        ),
        SET,
        SET.opposite("is_not_set", "is unknown", "is unknown"),
    )

    def read(self, field: "Field", raw: Any) -> str:
        text = str(raw).strip().lower() if isinstance(raw, str | int) else ""
        if text.isdecimal() and len(text) < 3 and 1 <= int(text) <= 12:
            return MONTHS[int(text) - 1].lower()
        if text in ("this_month", "next_month") or text in {month.lower() for month in MONTHS}:
            return text
        raise RuleError("Expected a month: March, 3, this_month or next_month.")

    def say(self, field: "Field", value: str, speech: Speech) -> str:
        month = MONTHS[month_number(value, speech.clock) - 1]
        return f"{value.replace('_', ' ')} ({month})" if "_" in value else month


ANNIVERSARY = Anniversary()
