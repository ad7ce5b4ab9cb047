"""The merchant `loop`: a subscription app with sessions, features, invites, trials and plans."""

from datetime import date
from random import Random

from integrations.demo.letters import monthly_letters, write_letters
from integrations.demo.loop.charges import make_orders
from integrations.demo.loop.milestones import reach_milestones
from integrations.demo.loop.people import make_people
from integrations.demo.loop.plans import SWAG
from integrations.demo.loop.sessions import use_app
from integrations.demo.oddities import add_tests, dress_outsiders
from integrations.demo.records import Store, number_orders
from integrations.demo.samples import is_creator, send_samples
from integrations.demo.voices import speak

STAFF_DOMAIN = "loopworks.test"
LETTERS = monthly_letters(
    ("What is new in Loop", "Ten board ideas", "Office hours"), reactivation="Your boards are here"
)


def make_store(*, seed: str, today: date, count: int) -> Store:
    """Return the whole app as of `today`: the same seed, day and count give the same app."""
    random = Random(seed)  # noqa: S311 (an invented app, not a secret)
    people = make_people(random, today=today, count=count)
    dress_outsiders(people, staff_domain=STAFF_DOMAIN)
    orders = list(make_orders(random, today=today, people=people))
    events = [
        *reach_milestones(random, today=today, people=people),
        *use_app(random, today=today, people=people),
        *speak(random, today=today, people=people, orders=orders),
    ]
    orders += [
        *add_tests(orders, random=random, count=4),
        *send_samples(random, today=today, creators=[*filter(is_creator, people)], products=SWAG),
    ]
    events += write_letters(random, today=today, people=people, letters=LETTERS)
    return Store(people, number_orders(orders), events)
