"""The days of coming years on which an age or an anniversary can turn a leaf."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from segments.rules.clock import add_months
from segments.rules.kinds.dates import LATEST
from segments.rules.tree import Leaf

AHEAD = 9  # years: past the next 29 February, the turn of a century included


def birthdays(born: date | None, figures: Iterable[Decimal], today: date) -> set[date]:
    """Return the birthdays on which somebody reaches, and passes, an age."""
    if born is None:
        return set()
    years = {int(figure // 1) + more for figure in figures if abs(figure) < 300 for more in (0, 1)}
    turned = {born.year + year for year in years if today.year <= born.year + year <= LATEST.year}
    # Who is born on 29 February grows older on 1 March of common years.
    firsts = {add_months(born.replace(day=1), 12 * (year - born.year)) for year in turned}
    return {day for first in firsts if (day := first + timedelta(days=born.day - 1)) > today}


def celebrations(born: date, *, first: int, last: int) -> set[date]:
    """Return the anniversaries of a day in some years; 29 February is 28 in most."""
    found = set()
    for year in range(first, min(last, LATEST.year) + 1):
        day = date(year, born.month, 1) + timedelta(days=born.day - 1)
        found.add(day if day.month == born.month else date(year, 2, 28))
    return found


def yearly_days(
    leaf: Leaf,
    born: date | None,
    *,
    today: date,
    until: date,
    meet: Callable[[Leaf, set[date]], set[date]],
) -> set[date]:
    """Return when an anniversary can turn up to some years after `until`.

    `meet` gives the days on which the leaf's edges meet the celebrated days.
    """
    if born is None or leaf.operator in ("is_set", "is_not_set"):
        return set()
    if leaf.operator == "anniversary_month_is":
        months = range(1, 13) if leaf.value in ("this_month", "next_month") else ()
        years = range(today.year, min(until.year + 2, LATEST.year) + 1)
        firsts: set[Any] = {date(year, month, 1) for year in years for month in months}
        return {day for day in firsts if day > today}
    return meet(leaf, celebrations(born, first=today.year - 1, last=until.year + AHEAD))
