"""What the organics shop's customers ordered, through which door, and what came back."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from integrations.demo.organics.catalogue import APPEAL, BY_CATEGORY, BY_NAME
from integrations.demo.records import Line, Order, Person, Product
from integrations.demo.season import SHOP_HOURS, moment

# channel, source, app, store, weight
DOORS = (
    ("Online Store", "web", "Storefront", "Online", 66),
    ("Point of Sale", "pos", "Counter", "Farm Shop", 13),
    ("Point of Sale", "pos", "Counter", "Riverside Market", 8),
    ("Instagram", "social", "Social Shop", "Online", 6),
    ("TikTok Shop", "tiktok", "TikTok Shop Connector", "Online", 4),
    ("Draft Order", "phone", "Back Office", "Online", 3),
)
WEIGHTS = [door[4] for door in DOORS]
TAX = 0.06
CREATORS = ("MARLOW10", "WREN10", "TANSY10", "JUNIPER10")  # codes that creators give away
SHIPPING, FREE_FROM = 690, 6_500  # cents
BASKET = (1, 1, 1, 1, 2, 2, 2, 3, 4)


def make_orders(random: Random, *, today: date, people: list[Person]) -> Iterator[Order]:
    """Return the orders of everybody, person by person."""
    for person in people:
        home = random.choices(DOORS, WEIGHTS)[0]
        for serial, days_ago in enumerate(person.days):
            door = home if random.random() < 0.85 else random.choices(DOORS, WEIGHTS)[0]
            order = Order(
                placed_at=moment(today - timedelta(days=days_ago), hours=SHOP_HOURS, random=random),
                person=person,
                lines=fill_basket(person, random),
                email=person.email,
                channel=door[0],
                source=door[1],
                app=door[2],
                store=door[3],
            )
            discount(order, random, is_first=serial == 0)
            charge(order)
            live_through(order, random, today=today)
            yield order


def fill_basket(person: Person, random: Random) -> list[Line]:
    """Return the lines of one order: staple, tastes, rarely a novelty; wine by taste only."""
    wanted = max(1, round(random.choice(BASKET) * person.size))
    chosen: dict[str, Product] = {}
    if person.staple and random.random() < 0.8:
        chosen[person.staple] = BY_NAME[person.staple]
    while len(chosen) < min(wanted, 12):
        category = person.tastes[int(len(person.tastes) * random.random() ** 1.5)]
        if random.random() < 0.12:
            category = random.choice([key for key in APPEAL if key != "Wine"])
        product = random.choice(BY_CATEGORY[category])
        chosen[product.name] = product
        if random.random() < 0.08:
            break
    return [
        Line(product, quantity=random.choice((1, 1, 1, 1, 2, 3)), price=product.price)
        for product in chosen.values()
    ]


def discount(order: Order, random: Random, *, is_first: bool) -> None:
    """Give the discounts a shop gives: a welcome, the November sale, somebody's code."""
    month, percent = order.placed_at.month, 0
    if is_first and random.random() < 0.4:
        order.codes, percent = ("WELCOME10",), 10
    elif month == 11 and order.placed_at.day >= 22 and random.random() < 0.7:
        order.codes, percent = ("HARVEST25",), 25
    elif month == 7 and random.random() < 0.25:
        order.codes, percent = ("SUMMER15",), 15
    elif random.random() < 0.05:
        number, percent = random.randint(100, 999), 10
        order.codes = (CREATORS[number % 4],) if number < 500 else (f"FRIEND{number}",)
    for line in order.lines:
        line.discount = line.price * line.quantity * percent // 100


def charge(order: Order) -> None:
    """Add tax, and shipping where something is sent and the basket is small."""
    order.tax = round(order.items * TAX)
    if order.source != "pos" and order.items < FREE_FROM:
        order.shipping = SHIPPING


def live_through(order: Order, random: Random, *, today: date) -> None:
    """Decide what became of the order: sent, on its way, cancelled, refunded in part or in full."""
    age = (today - order.placed_at.date()).days
    if order.source != "pos" and age < 12:
        order.fulfillment = random.choice(
            (
                "unfulfilled",
                "unfulfilled",
                "in_progress",
                "partial",
                "on_hold",
                "scheduled",
                "fulfilled",
            )
            if age < 5
            else ("fulfilled", "fulfilled", "partial")
        )
    draw = random.random()
    if draw < 0.012 and age > 1:
        order.cancelled_at = order.placed_at + timedelta(minutes=random.randint(2, 600))
        order.fulfillment, order.financial = "unfulfilled", "voided"
    elif draw < 0.028 and age > 3:
        _refund(order, order.items + order.tax + order.shipping, random, age=age)
        order.financial = "refunded"
    elif draw < 0.065 and age > 3:
        dearest = max(order.lines, key=lambda line: line.total)
        _refund(order, dearest.total // max(1, dearest.quantity), random, age=age)
        order.financial = "partially_refunded"


def _refund(order: Order, cents: int, random: Random, *, age: int) -> None:
    order.refunded = cents
    later = timedelta(days=random.randint(1, min(age - 1, 28)))
    order.refunded_at = order.placed_at + later
    if order.refunded_at.hour < 4:
        order.refunded_at = order.refunded_at.replace(hour=9)
