"""What the bistro's guests ate: lunches, dinners, weekend tables, take-away, a party."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from integrations.demo.bistro.menu import BY_CATEGORY, HEALTHY
from integrations.demo.records import Line, Order, Person
from integrations.demo.season import moment, nearest_day

WEEK = frozenset((1, 2, 3, 4, 5))
WEEKEND = frozenset((6, 7))
OPEN = frozenset((1, 2, 3, 4, 5, 6, 7))
# shift → (the days it comes on, its hours); lunch is 11:00 to 13:59, dinner 17:00 to 20:59
SHIFTS: dict[str, tuple[frozenset[int], tuple[int, ...]]] = {
    "lunch": (WEEK, (11, 12, 12, 12, 13, 13)),
    "dinner": (OPEN, (17, 18, 18, 19, 19, 20)),
    "weekend": (WEEKEND, (12, 13, 13, 15, 18, 19, 19)),
    "any": (OPEN, (9, 12, 15, 16, 18, 19)),
    "party": (WEEKEND, (18, 19)),
}
# channel, source, app, weight
DOORS = (
    ("Dine In", "pos", "Till", 74),
    ("Takeaway", "web", "Own Website", 13),
    ("Delivery", "partner", "Courier Partner", 9),
    ("TikTok Shop", "tiktok", "TikTok Shop Connector", 1),
    ("Gift Card", "web", "Own Website", 3),
)
WEIGHTS = [door[3] for door in DOORS]
ROOMS = ("Harbour Room", "Garden Kitchen")
VAT, FEE = 0.2, 350  # cents of a delivery


def make_orders(random: Random, *, today: date, people: list[Person]) -> Iterator[Order]:
    """Return the visits of everybody, guest by guest."""
    for person in people:
        room = ROOMS[0] if random.random() < 0.7 else ROOMS[1]
        for days_ago in person.days:
            at = _sit_down(person, today - timedelta(days=days_ago), random, today=today)
            door = DOORS[0] if person.shift == "party" else random.choices(DOORS, WEIGHTS)[0]
            order = Order(at, person, _serve(person, at, random), email=person.email)
            order.channel, order.source, order.app, order.store = *door[:3], room
            if person.habit == "celebration" and days_ago == person.days[-1]:
                order.lines.append(_line("Private Dining", random, quantity=36))
            _settle_bill(order, random, today=today)
            yield order


def _sit_down(person: Person, day: date, random: Random, *, today: date) -> datetime:
    shift = person.shift
    if random.random() < 0.16:  # nobody is that regular
        shift = "any"
    weekdays, hours = SHIFTS[shift]
    if weekdays is not OPEN:
        day = nearest_day(day, weekdays=weekdays, not_after=today - timedelta(days=1))
    return moment(day, hours=hours, random=random)


def _line(category: str, random: Random, *, quantity: int = 1) -> Line:
    dishes = BY_CATEGORY[category]
    dish = dishes[int(len(dishes) * random.random())]
    return Line(dish, quantity, dish.price)


def _serve(person: Person, at: datetime, random: Random) -> list[Line]:
    """Return the dishes: a quick plate at noon, courses and perhaps wine in the evening."""
    covers = max(1, round(random.choice((1, 2, 2, 2, 3, 4)) * person.size))
    likes_health = person.tastes == HEALTHY and random.random() < 0.8
    if at.hour < 15:
        dish = (
            random.choice(HEALTHY)
            if likes_health
            else random.choice(("Sandwiches", "Mains", "Grill", "Soups"))
        )
        lines = [_line(dish, random, quantity=max(1, covers // 2))]
        if random.random() < 0.55:
            lines.append(_line(random.choice(("Soft Drinks", "Coffee", "Coffee")), random))
        return lines
    lines = [
        _line(
            random.choice(("Mains", "Mains", "Grill")),
            random,
            quantity=max(1, covers - covers // 3),
        )
    ]
    if covers > 2 or random.random() < 0.3:
        lines.append(_line("Starters", random, quantity=max(1, covers // 2)))
    if likes_health:
        lines.append(_line(random.choice(HEALTHY), random))
    if "Wine" in person.tastes and random.random() < 0.7:
        lines.append(_line("Wine", random, quantity=max(1, covers // 3)))
    elif random.random() < 0.4:
        lines.append(_line(random.choice(("Beer & Cider", "Soft Drinks")), random, quantity=covers))
    if random.random() < 0.25:
        lines.append(_line("Desserts", random, quantity=max(1, covers // 2)))
    return lines


def _settle_bill(order: Order, random: Random, *, today: date) -> None:
    age, draw = (today - order.placed_at.date()).days, random.random()
    if draw < 0.04:
        order.codes = ("EARLYTABLE",) if order.placed_at.hour < 18 else ("NEIGHBOUR",)
        for line in order.lines:
            line.discount = line.price * line.quantity // 10
    order.tax = round(order.items * VAT)
    order.shipping = FEE if order.channel == "Delivery" else 0
    if 0.04 <= draw < 0.05 and age > 2:
        order.cancelled_at = order.placed_at - timedelta(hours=2)
        order.fulfillment, order.financial = "unfulfilled", "voided"
    elif 0.05 <= draw < 0.07 and age > 2:  # a dish went back
        order.refunded = order.lines[0].price
        order.refunded_at = order.placed_at + timedelta(hours=1)
        order.financial = "partially_refunded"
    elif 0.07 <= draw < 0.073 and age > 2:
        order.refunded = order.items + order.tax + order.shipping
        order.refunded_at = order.placed_at + timedelta(hours=20)
        order.financial = "refunded"
