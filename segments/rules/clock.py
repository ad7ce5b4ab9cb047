"""One instant per evaluation, and the calendar of the merchant's time zone around it."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from segments.rules.errors import RuleError

UNITS = ("hours", "days", "weeks", "months", "years")
# 100 years: nothing a store remembers is older, and the calendar stays within Python's.
MOST = {"hours": 24 * 366, "days": 36_600, "weeks": 5_200, "months": 1_200, "years": 100}
_SPAN = re.compile(r"(\d{1,5})_(hour|day|week|month|year)s?")
_POINT = re.compile(r"(\d{1,5})_(hour|day|week|month|year)s?_(ago|from_now)")
PERIODS = tuple(
    f"{which}_{unit}" for which in ("this", "last") for unit in ("week", "month", "quarter", "year")
)


@dataclass(frozen=True)
class Span:
    """A length of time in calendar units: `90_days`."""

    count: int
    unit: str  # one of UNITS

    def __str__(self) -> str:
        return f"{self.count}_{self.unit}"

    @property
    def words(self) -> str:
        """The span as people say it."""
        unit = self.unit[:-1] if self.count == 1 else self.unit
        return f"{self.count:,} {unit}"


@dataclass(frozen=True)
class Point:
    """A day named from today: `today`, `90_days_ago`, `2_weeks_from_now`."""

    span: Span
    is_past: bool = True

    def __str__(self) -> str:
        if self.span.count == 0:
            return "today"
        if self == YESTERDAY:
            return "yesterday"
        return f"{self.span}_{'ago' if self.is_past else 'from_now'}"

    @property
    def words(self) -> str:
        """The point as people say it."""
        if self.span.count == 0 or self == YESTERDAY:
            return str(self)
        return f"{self.span.words} {'ago' if self.is_past else 'from now'}"


TODAY, YESTERDAY = Point(Span(0, "days")), Point(Span(1, "days"))


def read_span(raw: object) -> Span:
    """Read `90_days`. Raise RuleError for anything else."""
    match = _SPAN.fullmatch(raw.strip().lower()) if isinstance(raw, str) else None
    if match is None:
        raise RuleError(f"Expected a length of time such as 90_days, got {_shown(raw)}.")
    return _span(match)


def read_point(raw: str) -> Point | None:
    """Read `today`, `yesterday`, `90_days_ago`; return None for what names no such point."""
    text = raw.strip().lower()
    if text in ("today", "yesterday"):
        return TODAY if text == "today" else YESTERDAY
    match = _POINT.fullmatch(text)
    return Point(_span(match), match[3] == "ago") if match else None


def _span(match: re.Match[str]) -> Span:
    count, unit = int(match[1]), match[2] + "s"
    if count > MOST[unit]:
        raise RuleError(f"{count:,} {unit} is too long; at most {MOST[unit]:,} can be asked for.")
    return Span(count, unit)


def _shown(raw: object) -> str:
    return f"“{str(raw)[:40]}”"


@dataclass(frozen=True)
class Clock:
    """`as_of` in UTC and the merchant's zone. Nothing in a compiled rule asks for another time."""

    as_of: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The local calendar day of `as_of`."""
        return self.as_of.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """Return the first instant of a local day, in UTC."""
        return datetime.combine(day, time(), tzinfo=self.zone).astimezone(UTC)

    def day(self, when: "date | Point") -> date:
        """Return the local day that a date or a point names."""
        if isinstance(when, Point):
            return shift(self.today, when.span, -1 if when.is_past else 1)
        return when

    def period(self, name: str) -> tuple[date, date]:
        """Return the first and last day of `this_month`, `last_week` …; weeks start on Monday."""
        which, unit = name.split("_")
        start = _period_start(self.today, unit)
        if which == "last":
            start = _period_start(start - timedelta(days=1), unit)
        return start, _next_period(start, unit) - timedelta(days=1)


def shift(day: date, span: Span, sign: int) -> date:
    """Move `day` by `span` on the calendar, clamped to the month's end and to Python's calendar."""
    try:
        if span.unit in ("days", "weeks", "hours"):
            days = {"days": 1, "weeks": 7}.get(span.unit)
            moved = span.count * days if days else -(-span.count // 24)
            return day + sign * timedelta(days=moved)
        months = span.count * (12 if span.unit == "years" else 1)
        return add_months(day, sign * months)
    except (OverflowError, ValueError):
        return date.min if sign < 0 else date.max


def add_months(day: date, months: int) -> date:
    """Return the same day of another month, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def _period_start(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    if unit == "quarter":
        return date(day.year, day.month - (day.month - 1) % 3, 1)
    return date(day.year, 1, 1)


def _next_period(start: date, unit: str) -> date:
    if unit == "week":
        return start + timedelta(days=7)
    return add_months(start, {"month": 1, "quarter": 3, "year": 12}[unit])
