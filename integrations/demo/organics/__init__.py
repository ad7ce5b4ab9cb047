"""The merchant `demo`: an organics shop with tea, skincare, wine and more, online and in shops."""

from datetime import date
from random import Random

from integrations.demo.organics.orders import make_orders
from integrations.demo.organics.people import make_people
from integrations.demo.records import Store


def make_store(*, seed: str, today: date, count: int) -> Store:
    """Return the whole shop as of `today`: the same seed, day and count give the same shop."""
    random = Random(seed)  # noqa: S311 (an invented shop, not a secret)
    people = make_people(random, today=today, count=count)
    orders = sorted(
        make_orders(random, today=today, people=people), key=lambda order: order.placed_at
    )
    for number, order in enumerate(orders, start=1001):
        order.number = f"#{number}"
    return Store(people, orders, [])
