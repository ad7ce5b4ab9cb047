"""What every real store has: guests, tests, people twice in the list, staff and stand-ins."""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from integrations.demo.names import address, name_person
from integrations.demo.records import Order, Person
from integrations.demo.season import moment

STAFF_TAG, WHOLESALE_TAG = "staff", "wholesale"
MARKETPLACE_DOMAIN = "marketplace.example.net"


def dress_outsiders(people: Sequence[Person], *, staff_domain: str) -> None:
    """Mark staff, wholesale buyers and marketplace stand-ins the way a store marks them."""
    for serial, person in enumerate(people):
        if person.habit == "staff":
            person.tags.append(STAFF_TAG)
            person.email = f"{person.first_name}{serial}@{staff_domain}".lower()
        elif person.habit == "wholesale":
            person.tags.append(WHOLESALE_TAG)
            person.last_name = f"{person.last_name} Trading"
        elif person.habit == "marketplace":
            person.first_name, person.last_name = "Marketplace", "Customer"
            person.email = f"buyer{serial}@{MARKETPLACE_DOMAIN}"


def double(people: Sequence[Person], *, random: Random, today: date, count: int) -> list[Person]:
    """Return second entries of `count` people, each betrayed by something else."""
    known = [person for person in people if person.phone and person.birthday and person.days]
    doubles = []
    for serial, person in enumerate(random.sample(known, k=min(count, len(known)))):
        twin = replace(
            copy(person), key=f"{person.key[0]}{90_001 + serial}", tags=[], attributes={}
        )
        twin.days = [random.randint(1, 300)]
        twin.since = moment(today - timedelta(days=twin.days[0]), hours=(6,), random=random)
        match serial % 3:
            case 0:  # the same address in capitals
                twin.email, twin.phone = person.email.upper(), ""
            case 1:  # the same telephone, written otherwise
                twin.email = address("hello", person.last_name, serial=serial, random=random)
                twin.phone = person.phone.replace(" ", "-")
            case _:  # the same name, birthday and home
                name = person.last_name.replace(" ", "").lower()
                twin.email, twin.phone = f"{name}{serial}@inbox.test", ""
        doubles.append(twin)
    return doubles


def add_guests(orders: Sequence[Order], *, random: Random, share: float) -> Iterator[Order]:
    """Return copies of some orders as guests made them: known address, unknown address, or none."""
    for serial, order in enumerate(random.sample(orders, k=round(len(orders) * share))):
        guest = copy(order)
        guest.placed_at += timedelta(minutes=7)
        guest.person, guest.codes = None, ()
        guest.refunded, guest.refunded_at = 0, None
        guest.cancelled_at, guest.financial = None, "paid"
        if serial % 3 == 0:
            first, last = name_person(random)
            guest.email = address(first, last, serial=70_000 + serial, random=random)
        elif serial % 3 == 1:
            guest.email = ""
        yield guest


def add_tests(orders: Sequence[Order], *, random: Random, count: int) -> Iterator[Order]:
    """Return copies of `count` orders as the tests somebody made of the check-out."""
    for order in random.sample(orders, k=min(count, len(orders))):
        test = copy(order)
        test.placed_at += timedelta(minutes=3)
        test.is_test, test.tags = True, ("test",)
        yield test
