"""What customers say: reviews, referrals, follows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random

from integrations.demo.records import Event, Order, Person
from integrations.demo.season import SHOP_HOURS, moment

RATINGS = (5, 5, 5, 5, 4, 4, 4, 3, 2, 1)


def speak(
    random: Random, *, today: date, people: Iterable[Person], orders: Iterable[Order]
) -> Iterator[Event]:
    """Return reviews and referrals as events, and count them on the people."""
    for order in orders:
        person, age = order.person, (today - order.placed_at.date()).days
        if person and age > 12 and not order.cancelled_at and random.random() < 0.05:
            person.reviews += 1
            at = order.placed_at.date() + timedelta(days=random.randint(2, 11))
            yield Event(
                person,
                "review_left",
                moment(at, hours=SHOP_HOURS, random=random),
                {"rating": random.choice(RATINGS), "product": order.lines[0].product.name},
            )
    codes: Counter[str] = Counter()
    for person in people:
        if len(person.days) < 3 or random.random() > 0.14:
            continue
        for _ in range(random.choice((1, 1, 1, 2, 3, 5))):
            person.referrals += 1
            codes[person.key] += 1
            at = today - timedelta(days=random.randint(1, min(person.days[0], 700)))
            yield Event(
                person,
                "referral_made",
                moment(at, hours=SHOP_HOURS, random=random),
                {"code": f"{person.first_name.upper()}{codes[person.key]}"},
            )
