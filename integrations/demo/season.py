"""The calendar of trade: how strong the months are, and the hours at which people buy."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

EVEN = (1.0,) * 12
# An organics shop: presents in November and December, good intentions in January, a quiet summer.
PRESENTS = (1.05, 0.9, 0.95, 1.0, 1.05, 0.9, 0.8, 0.85, 1.0, 1.05, 1.35, 1.5)
# A restaurant: terrace in June and July, parties in December, a dry January.
TERRACE = (0.75, 0.9, 0.95, 1.0, 1.1, 1.2, 1.2, 1.05, 1.0, 0.95, 1.0, 1.3)

# Never from midnight to four: a change of clocks may skip or repeat such a local time.
SHOP_HOURS = (7, 8, 9, 10, 11, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 20, 20, 21, 21, 22)
OFFICE_HOURS = (8, 9, 9, 10, 10, 11, 11, 13, 14, 14, 15, 15, 16, 17, 18, 20)


def moment(day: date, *, hours: Sequence[int], random: Random) -> datetime:
    """Return a local moment of `day` in one of the hours."""
    draw = random.random()
    hour = hours[int(draw * len(hours))]
    second = int(random.random() * 3600)
    return datetime.combine(day, time(hour, second // 60, second % 60))


def nearest_day(day: date, *, weekdays: frozenset[int], not_after: date) -> date:
    """Return `day`, or the nearest earlier, else later, day that is one of the ISO weekdays."""
    for step in (0, -1, 1, -2, 2):
        moved = day + timedelta(days=step)
        if moved.isoweekday() in weekdays and moved <= not_after:
            return moved
    return day
