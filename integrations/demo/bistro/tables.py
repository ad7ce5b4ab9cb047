"""Reservations as events: made, kept or not."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from random import Random

from integrations.demo.records import Event, Order


def reserve(random: Random, *, orders: Iterable[Order]) -> Iterator[Event]:
    """Return a reservation before many evening tables, and a few guests who did not come."""
    for order in orders:
        if order.person is None or order.channel != "Dine In" or order.placed_at.hour < 17:
            continue
        if random.random() < 0.3:
            ahead = timedelta(hours=random.randint(3, 160))
            covers = max(line.quantity for line in order.lines)
            booked = (order.placed_at - ahead).replace(hour=random.choice((9, 11, 14, 20)))
            yield Event(order.person, "reservation_made", booked, {"covers": covers})
        elif random.random() < 0.01:
            missed = order.placed_at - timedelta(days=random.randint(5, 9))
            yield Event(order.person, "reservation_missed", missed, {"covers": 2})
