"""How people buy: the groups customers fall into, and the days on which one of them ordered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

YEARS_BACK = 4 * 365  # the history every demo merchant has


@dataclass(frozen=True, slots=True)
class Habit:
    """A group of customers.

    `first` and `last` bound the days since their first and last order; no `gap`: one order only.
    """

    key: str
    share: float
    first: tuple[int, int] = (0, 0)
    last: tuple[int, int] = (0, 0)
    gap: float = 0.0  # days between two orders, on average
    size: float = 1.0  # of their baskets, against the merchant's usual
    shift: str = ""  # when of the day or week they come


def allot(habits: Sequence[Habit], *, count: int) -> list[Habit]:
    """Return one habit per customer: each group by its share, never fewer than two of a kind."""
    whole = sum(habit.share for habit in habits)
    return [habit for habit in habits for _ in range(max(2, round(count * habit.share / whole)))]


def order_days(habit: Habit, *, random: Random, today: date, months: Sequence[float]) -> list[int]:
    """Return the days ago on which somebody of this habit ordered, oldest first.

    `months` weighs the twelve months: people come sooner again in a strong one. The walk goes back
    from the last order: the recent rhythm is exact, the past as long as the first order says.
    """
    if not any(habit.first):
        return []
    first = _growing(random, habit.first, today=today, months=months)
    if not habit.gap:
        return [first]
    low, high = habit.last
    last = min(random.randint(low, high), first)
    days, day = [], float(last)
    while day < first - habit.gap / 3:
        days.append(int(day))
        month = (today - timedelta(days=int(day))).month
        day += max(1.0, habit.gap * random.uniform(0.55, 1.45) / months[month - 1])
    days.append(first)
    days.reverse()
    return days


def _growing(
    random: Random, bounds: tuple[int, int], *, today: date, months: Sequence[float]
) -> int:
    """Draw the day of a first order: the store grows, and wins more people in its strong months."""
    low, high = bounds
    best = max(months)
    for _ in range(4):
        day = low + int((high - low + 1) * random.random() ** 1.35)
        if random.random() * best <= months[(today - timedelta(days=day)).month - 1]:
            break
    return day
