"""A customer with all their orders, made from a number; the unit the sandbox's store stands on."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from integrations.sandbox.shopify.clock import written
from integrations.sandbox.shopify.ids import MOST_ORDERS
from integrations.sandbox.shopify.orders import make_order
from integrations.sandbox.shopify.people import make_customer, make_marketplace_buyer
from integrations.sandbox.shopify.plan import Plan

Made = dict[str, Any]
DAY = 86_400


@dataclass(slots=True)
class Household:
    """`customer` is None for a guest, and for somebody who was deleted or merged away."""

    number: int
    customer: Made | None
    orders: list[Made] = field(default_factory=list)
    made: int = 0  # orders ever made here: the place of the next one


def make_household(number: int, *, plan: Plan, until: float) -> Household:
    """Return household `number` as it stood at the moment `until`."""
    random = Random(plan.seed * 1_000_003 + number)  # noqa: S311 (invented people)
    since = until - DAY * (2 + random.random() * plan.days)
    words: dict[str, Any] = {"random": random, "currency": plan.currency}
    if number >= plan.customers:
        kinds, customer = ["order"], None
    elif number % 50 == 3:  # each order through the marketplace is somebody else's
        kinds = ["tiktok_sample" if number % 100 == 3 else "tiktok"]
        customer = make_marketplace_buyer(number, since=since, **words)
    else:
        kinds = _kinds(number, random=random, mean=plan.orders_each)
        customer = make_customer(number, since=since, **words)
    household = Household(number, customer, made=len(kinds))
    moments = _moments(len(kinds), since=since, until=until, random=random)
    household.orders = [
        make_order(number, place, at=at, until=until, kind=kind, **words)
        for place, (at, kind) in enumerate(zip(moments, kinds, strict=True))
    ]
    settle(household)
    return household


def count_orders(number: int, *, plan: Plan) -> int:
    """Return how many orders a household is made with, without making them."""
    if number >= plan.customers or number % 50 == 3:
        return 1
    random = Random(plan.seed * 1_000_003 + number)  # noqa: S311 (invented people)
    random.random()  # since when: drawn before
    return len(_kinds(number, random=random, mean=plan.orders_each))


def _kinds(number: int, *, random: Random, mean: float) -> list[str]:
    if number % 8 == 5:
        return []  # an account without an order
    count = min(1 + int(random.expovariate(1) * (mean - 0.45)), MOST_ORDERS - 28)
    kinds = ["order"] * count
    if number % 100 == 7:  # a creator: goods for nothing beside their own orders
        kinds += ["sample"] * (1 + number % 3)
    return kinds


def _moments(count: int, *, since: float, until: float, random: Random) -> list[float]:
    """Return when the orders came: most people buy for a while and then stop."""
    stays = (until - since - DAY) * (1 - random.random() ** 2)
    return sorted(float(int(since + random.random() * stays)) for _ in range(count))


def settle(household: Household) -> None:
    """Write what a customer's orders decide: how many, how much, which was last."""
    customer = household.customer
    if customer is None:
        return
    orders = [order for order in household.orders if not order["test"]]
    spent = sum(order["_total"] - order["_refunded"] for order in orders if _is_paid(order))
    customer["numberOfOrders"] = str(len(orders))
    customer["amountSpent"] = {
        "amount": str(spent / 100),
        "currencyCode": customer["amountSpent"]["currencyCode"],
    }
    for order in household.orders:
        order["_customer"] = customer["id"]
        order["email"] = (customer["defaultEmailAddress"] or {}).get("emailAddress")
        order["shippingAddress"] = order["billingAddress"] = customer["defaultAddress"]
    if household.orders:
        latest = max(order["_at"] for order in household.orders)
        customer["updatedAt"] = max(customer["updatedAt"], written(latest + 60))


def _is_paid(order: Made) -> bool:
    return order["displayFinancialStatus"] not in ("VOIDED", "PENDING")
