"""The days on which a number that moves with the calendar reaches or passes a figure."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from segments.rules.clock import Clock
from segments.rules.explain_known import NIGHTLY, History, Untold
from segments.rules.explain_years import birthdays
from segments.rules.fields import Field
from segments.rules.kinds.dates import LATEST
from segments.rules.tree import Leaf

# Fields that move with the day, by what of the customer's own moves them.
SINCE = (
    "days_since_last_order",
    "days_since_first_order",
    "days_since_signup",
    "days_since_last_active",
    "days_since_churn",
)
LEFT = "trial_days_remaining"
# How old a day of activity is when a number rolled up from it changes (commerce.rollups.activity).
ACTIVITY_AGES = (7, 28, 91, *(7 * week + 1 for week in range(9)))
WINDOWS = {
    "orders_365d": 365,
    "spent_365d": 365,
    "orders_90d": 90,
    "orders_30d": 30,
    "orders_per_month": 90,
}


def number_days(leaf: Leaf, of: Field, value: Any, history: History, clock: Clock) -> set[date]:
    """Return when a number that moves with the day can turn; raise Untold for others."""
    today, figures = clock.today, figures_of(leaf.value)
    if of.key in SINCE:
        days = {today - timedelta(days=int(value))} if value is not None else set()
        days |= history.ordered | history.active if history.ahead else set()
        return ages(days, figures, today=today)
    if of.key in WINDOWS:
        out = timedelta(days=WINDOWS[of.key] + 1)
        return {day + out for day in history.ordered | history.refunded if day + out > today}
    if of.key == "age":
        return birthdays(history.birthday, figures, today)
    if of.key == "winback_priority":
        return _fading(history, figures, today)
    if of.key == LEFT:
        return _running_out(value, figures, today)
    if "activity" in of.facts:
        later = (day + timedelta(days=age) for day in history.active for age in ACTIVITY_AGES)
        return {day for day in later if day > today}
    raise Untold(NIGHTLY)


def _running_out(left: Any, figures: Iterable[Any], today: date) -> set[date]:
    if left is None:
        return set()
    wanted = {int(left) - int(figure) for figure in figures if abs(figure) < 10**6} | {int(left)}
    return {today + timedelta(days=days + more) for days in wanted for more in (0, 1) if days >= 0}


def figures_of(value: Any) -> list[Decimal]:
    """Return the figures that a leaf compares with."""
    parts = value if isinstance(value, tuple) else (value,)
    return [part for part in parts if isinstance(part, Decimal)]


def ages(days: Iterable[date], figures: Iterable[Decimal], *, today: date) -> set[date]:
    """Return when each of `days` becomes, and becomes more than, so many days old."""
    found = set()
    for day in days:
        for figure in figures:
            reached = day.toordinal() + int(figure // 1)
            found |= {reached, reached + 1} if abs(figure) < 10**6 else set()
    return {
        date.fromordinal(number)
        for number in found
        if today.toordinal() < number <= LATEST.toordinal()
    }


def _fading(history: History, figures: list[Decimal], today: date) -> set[date]:
    """Days around which spent ÷ (days ÷ 30 + 1), rounded to cents, passes a figure."""
    found: set[date] = set()
    for last in history.ordered:
        for figure in figures:
            for bound in (figure - Decimal("0.005"), figure + Decimal("0.005")):
                if bound and 0 < (age := history.spent * 30 / bound - 30) < 60_000:
                    around = last + timedelta(days=int(age))
                    found |= {around + timedelta(days=step) for step in (-1, 0, 1, 2)}
    return {day for day in found if day > today}
