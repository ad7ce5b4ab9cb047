"""What the app's customers paid: a charge a month, now and then an extra."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from integrations.demo.loop.plans import EXTRAS, PLANS, YEARLY
from integrations.demo.records import Line, Order, Person
from integrations.demo.season import OFFICE_HOURS, moment

TRIAL, MONTH, YEAR = 14, 30, 365  # days
TAX = 0.08


def make_orders(random: Random, *, today: date, people: list[Person]) -> Iterator[Order]:
    """Return everybody's charges, person by person; `days` of a person become the days of them."""
    for person in people:
        told, signup = person.attributes, person.days[0]
        plan = told.get("paid_plan", told["plan"])
        person.days = []
        if plan not in PLANS or signup <= TRIAL:
            continue
        step = YEAR if told["billing"] == "yearly" else MONTH
        churned = told.get("churned_on")
        end = random.randint(1, min(step, signup - TRIAL))
        if churned:
            end = (today - churned).days
        seats = told.get("seats", 1)
        # The rhythm hangs on the last charge, so that who pays has paid within the period.
        person.days = list(range(end, max(signup - TRIAL, end) + 1, step))[::-1]
        for serial, days_ago in enumerate(person.days):
            yield _charge(
                person, plan, seats, random, today=today, days_ago=days_ago, serial=serial
            )


def _charge(
    person: Person,
    plan: str,
    seats: int,
    random: Random,
    *,
    today: date,
    days_ago: int,
    serial: int,
) -> Order:
    at = moment(today - timedelta(days=days_ago), hours=OFFICE_HOURS, random=random)
    early = plan != "starter" and serial == 0  # many begin small
    price_list = YEARLY if person.attributes["billing"] == "yearly" else PLANS
    product = price_list["starter" if early and random.random() < 0.5 else plan]
    lines = [Line(product, seats, product.price)]
    if random.random() < 0.06:
        extra = random.choice(EXTRAS)
        lines.append(Line(extra, 1, extra.price))
    order = Order(at, person, lines, email=person.email, channel="Self-serve", source="web")
    order.app, order.store, order.fulfillment = "Billing", "loop", "not_required"
    if serial == 0 and random.random() < 0.3:
        order.codes = ("LAUNCH20",)
        lines[0].discount = lines[0].price * seats // 5
    if plan == "enterprise":
        order.channel = "Sales"
    order.tax = round(order.items * TAX)
    draw = random.random()
    if draw < 0.008 and days_ago > 8:
        order.refunded = order.items + order.tax
        order.refunded_at, order.financial = at + timedelta(days=6), "refunded"
    elif draw < 0.014 and days_ago > 8:
        order.refunded, order.financial = order.items // 2, "partially_refunded"
        order.refunded_at = at + timedelta(days=4)
    elif draw < 0.018 and days_ago > 2:
        order.cancelled_at, order.financial = at + timedelta(hours=1), "voided"
    return order
