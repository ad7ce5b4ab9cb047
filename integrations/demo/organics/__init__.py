"""The merchant `demo`: an organics shop with tea, skincare, wine and more, online and in shops."""

from datetime import date
from random import Random

from integrations.demo.letters import monthly_letters, write_letters
from integrations.demo.loyalty import grant_tiers
from integrations.demo.oddities import add_guests, add_tests, double, dress_outsiders
from integrations.demo.organics.catalogue import PRODUCTS
from integrations.demo.organics.orders import make_orders
from integrations.demo.organics.people import make_people
from integrations.demo.records import Store, number_orders
from integrations.demo.samples import is_creator, send_samples
from integrations.demo.voices import speak

STAFF_DOMAIN = "fernhollow.test"
LETTERS = monthly_letters(
    (
        "Fresh this month",
        "The tea table",
        "Skin in season",
        "Harvest letter",
        "From the cellar",
        "Pantry notes",
        "Slow mornings",
        "Refill week",
    ),
    reactivation="We kept your shelf",
)
RUNGS = (15_000, 40_000, 90_000, 180_000)  # cents spent for bronze, silver, gold, platinum


def make_store(*, seed: str, today: date, count: int) -> Store:
    """Return the whole shop as of `today`: the same seed, day and count give the same shop."""
    random = Random(seed)  # noqa: S311 (an invented shop, not a secret)
    people = make_people(random, today=today, count=count)
    dress_outsiders(people, staff_domain=STAFF_DOMAIN)
    people += double(people, random=random, today=today, count=max(6, count // 150))
    orders = list(make_orders(random, today=today, people=people))
    events = list(speak(random, today=today, people=people, orders=orders))
    orders += [
        *add_guests(orders, random=random, share=0.012),
        *add_tests(orders, random=random, count=max(4, count // 300)),
        *send_samples(
            random, today=today, creators=[*filter(is_creator, people)], products=PRODUCTS
        ),
    ]
    grant_tiers(people, orders, random=random, rungs=RUNGS, joined=0.6)
    events += write_letters(random, today=today, people=people, letters=LETTERS)
    return Store(people, number_orders(orders), events)
