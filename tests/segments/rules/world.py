"""A small store with every kind of oddity, and the facts of it as plain Python sees them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from commerce.keys import profile_keys
from commerce.models import EventName, Spelling
from commerce.text import fold
from tests.commerce.factories import (
    CustomerFactory,
    EventFactory,
    OrderFactory,
    OrderLineFactory,
    RefundFactory,
    bring_up_to_date,
)

# The days that the laws look from, and how long before them things happened: edges on purpose.
DAYS = (date(2026, 3, 29), date(2026, 3, 30), date(2026, 6, 1), date(2026, 10, 25))
AGES = (0, 1, 7, 8, 28, 30, 31, 32, 59, 60, 61, 90, 91)
BIRTHDAYS = (None, date(1992, 2, 29), date(1991, 2, 28), date(1990, 3, 1), date(1980, 12, 31))
LONDON = ZoneInfo("Europe/London")
START = datetime(2025, 12, 1, tzinfo=UTC)
CITIES, CHANNELS, CATEGORIES = (
    ("", "Łódź", "York", "straße"),
    ("Web", "web", "POS"),
    ("Tea", "Wine"),
)


@dataclass
class Person:
    """What the oracle knows of a customer."""

    row: object
    orders: list = field(default_factory=list)  # (order, lines, refunds)
    events: list = field(default_factory=list)


def build(seed: int) -> dict[int, Person]:
    """Make the store; return its people by id."""
    random = Random(seed)
    EventName.objects.create(name="opened", label="Opened", properties={"mail": "text"})
    people = {}
    for _ in range(40):
        person = _person(random)
        people[person.row.pk] = person
    bring_up_to_date(on=date(2026, 6, 1))
    for person in people.values():
        for order, _, _ in person.orders:
            order.refresh_from_db()
    _spell(people)
    return people


def _person(random: Random) -> Person:
    row = CustomerFactory.build(
        country=random.choice(("", "GB", "us")),
        city=random.choice(CITIES),
        loyalty_tier=random.choice(("", "Gold", "PLATINUM")),
        is_vip=random.random() < 0.3,
        email_consent=random.choice(("unknown", "subscribed", "unsubscribed")),
        birthday=random.choice(BIRTHDAYS),
        tags=random.sample(["Vegan", "gold", "ÄRZTE"], random.randrange(3)),
        loyalty_points=random.choice((None, 0, 10)),
        customer_since=random.choice((None, START)),
    )
    for name, value in profile_keys(row).items():
        setattr(row, name, value)
    row.save()
    person = Person(row)
    for _ in range(random.choice((0, 1, 1, 2, 5))):
        person.orders.append(_order(random, row))
    for _ in range(random.randrange(3)):
        moment = START + timedelta(minutes=random.randrange(200 * 24 * 60))
        mail = random.choice(("Sale!", "NEWS", ""))
        properties = {"mail": mail} if mail else {}
        person.events.append(
            EventFactory(customer=row, name="opened", occurred_at=moment, properties=properties)
        )
    return person


def _order(random: Random, row) -> tuple:
    day = random.choice(DAYS) - timedelta(days=random.choice(AGES))
    hour, minute = random.choice((0, 12, 22, 23)), random.choice((0, 30))  # around midnight
    moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
    lines = [
        (random.choice(CATEGORIES), Decimal(random.choice((1, 2))), Decimal(random.choice((5, 40))))
        for _ in range(random.randrange(1, 3))
    ]
    total = sum((quantity * price for _, quantity, price in lines), Decimal(0))
    order = OrderFactory(
        customer=row,
        placed_at=moment,
        total=total,
        channel=random.choice(CHANNELS),
        cancelled_at=random.choice((None, None, None, moment + timedelta(days=40))),
        is_test=random.random() < 0.1,
    )
    made = [
        OrderLineFactory(
            order=order, category=name, category_key=fold(name), quantity=quantity, price=price
        )
        for name, quantity, price in lines
    ]
    refunds = []
    if random.random() < 0.3:
        part = random.choice((Decimal(1), total))
        refunds.append(
            RefundFactory(order=order, amount=part, refunded_at=moment + timedelta(days=20))
        )
    return order, made, refunds


def _spell(people: dict[int, Person]) -> None:
    channels = {order.channel for person in people.values() for order, _, _ in person.orders}
    mails = {e.properties["mail"] for p in people.values() for e in p.events if e.properties}
    Spelling.objects.bulk_create(
        [Spelling(column="order.channel", key=fold(value), value=value) for value in channels]
        + [Spelling(column="event.opened.mail", key=fold(value), value=value) for value in mails]
    )
