"""Loyalty tiers and points, settled once in a while and therefore behind the facts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from random import Random

from integrations.demo.records import Order, Person

TIERS = ("Bronze", "Silver", "Gold", "Platinum")


def spend_by_person(orders: Iterable[Order]) -> dict[str, int]:
    """Return the cents each person (by key) has spent, cancelled and test orders aside."""
    spent: dict[str, int] = defaultdict(int)
    for order in orders:
        if order.person and not order.cancelled_at and not order.is_test:
            spent[order.person.key] += order.items - order.refunded
    return spent


def grant_tiers(
    people: Iterable[Person],
    orders: Iterable[Order],
    *,
    random: Random,
    rungs: Sequence[int],
    joined: float,
) -> None:
    """Give members a tier by what they spent (`rungs`: cents per tier); every fourth one too low.

    `joined` is the share of buyers who are members. Those too low are due an upgrade.
    """
    spent = spend_by_person(orders)
    for person in people:
        cents = spent.get(person.key, 0)
        if not cents or random.random() > joined:
            continue
        rung = sum(cents >= floor for floor in rungs) - (random.random() < 0.25)
        person.points = cents // 100 % 900 + 10 * random.randint(0, 40)
        if rung > 0:
            person.tier = TIERS[min(rung, len(TIERS)) - 1]
            person.tags.append("loyalty member")
