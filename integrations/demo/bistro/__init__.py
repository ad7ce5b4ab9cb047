"""The merchant `bistro`: a restaurant with lunch and dinner trade in two rooms."""

from datetime import date
from random import Random

from integrations.demo.bistro.menu import MENU
from integrations.demo.bistro.orders import make_orders
from integrations.demo.bistro.people import make_people
from integrations.demo.bistro.tables import reserve
from integrations.demo.letters import monthly_letters, write_letters
from integrations.demo.loyalty import grant_tiers
from integrations.demo.oddities import add_guests, add_tests, double, dress_outsiders
from integrations.demo.records import Store, number_orders
from integrations.demo.samples import is_creator, send_samples
from integrations.demo.voices import speak

STAFF_DOMAIN = "lowquay.test"
LETTERS = monthly_letters(
    ("The new card", "Oysters are back", "Sunday tables", "Cellar evening", "Meet the kitchen"),
    reactivation="Your table misses you",
)
RUNGS = (12_000, 35_000, 80_000, 150_000)  # pence spent for bronze, silver, gold, platinum


def make_store(*, seed: str, today: date, count: int) -> Store:
    """Return the whole restaurant as of `today`: the same seed, day and count give the same one."""
    random = Random(seed)  # noqa: S311 (an invented restaurant, not a secret)
    people = make_people(random, today=today, count=count)
    dress_outsiders(people, staff_domain=STAFF_DOMAIN)
    people += double(people, random=random, today=today, count=max(6, count // 250))
    orders = list(make_orders(random, today=today, people=people))
    events = [
        *speak(random, today=today, people=people, orders=orders),
        *reserve(random, orders=orders),
    ]
    orders += [
        *add_guests(orders, random=random, share=0.02),
        *add_tests(orders, random=random, count=4),
        *send_samples(random, today=today, creators=[*filter(is_creator, people)], products=MENU),
    ]
    grant_tiers(people, orders, random=random, rungs=RUNGS, joined=0.7)
    events += write_letters(random, today=today, people=people, letters=LETTERS)
    return Store(people, number_orders(orders), events)
