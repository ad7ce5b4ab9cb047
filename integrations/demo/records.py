"""What the generators make: people, orders and events, before they become rows of a file."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from integrations.demo.towns import Town


@dataclass(frozen=True, slots=True)
class Product:
    """Something sold. Money is in cents."""

    name: str
    sku: str
    category: str
    vendor: str
    price: int
    cost: int


@dataclass(slots=True)
class Person:
    """One customer as the merchant knows them, and how many days ago they ordered."""

    habit: str
    days: list[int]
    size: float = 1.0  # how large their baskets are
    key: str = ""  # the merchant's id, given once all people are sorted by age of the account
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    town: Town | None = None
    postal_code: str = ""
    latitude: float | None = None
    longitude: float | None = None
    language: str = "en"
    birthday: date | None = None
    since: datetime | None = None
    email_consent: str = "unknown"
    sms_consent: str = "unknown"
    consent_at: datetime | None = None
    channel: str = ""
    tags: list[str] = field(default_factory=list)
    is_vip: bool = False
    tier: str = ""
    points: int | None = None
    reviews: int = 0
    referrals: int = 0
    follows: bool | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    tastes: tuple[str, ...] = ()  # favourite categories, the dearest first
    staple: str = ""  # a product they come back for
    shift: str = ""  # when of the day or week they come


@dataclass(slots=True)
class Line:
    """One line of an order; `discount` is the whole line's, in cents."""

    product: Product
    quantity: int = 1
    price: int = 0
    discount: int = 0

    @property
    def total(self) -> int:
        return self.price * self.quantity - self.discount


@dataclass(slots=True)
class Order:
    """One order; local time, money in cents."""

    placed_at: datetime
    person: Person | None
    lines: list[Line]
    number: str = ""
    email: str = ""
    codes: tuple[str, ...] = ()
    shipping: int = 0
    tax: int = 0
    refunded: int = 0
    refunded_at: datetime | None = None
    cancelled_at: datetime | None = None
    fulfilled_at: datetime | None = None
    is_test: bool = False
    channel: str = ""
    source: str = ""
    app: str = ""
    store: str = ""
    tags: tuple[str, ...] = ()
    fulfillment: str = "fulfilled"
    financial: str = "paid"

    @property
    def items(self) -> int:
        """What the items cost after discounts, without tax and shipping."""
        return sum(line.total for line in self.lines)


@dataclass(slots=True)
class Event:
    """Something a person did; local time."""

    person: Person
    name: str
    at: datetime
    properties: dict[str, Any]


@dataclass(slots=True)
class Store:
    """Everything about one invented merchant."""

    people: list[Person]
    orders: list[Order]
    events: list[Event]


def number_orders(orders: list[Order]) -> list[Order]:
    """Return the orders in the order of time, numbered as a shop numbers them."""
    orders = sorted(orders, key=lambda order: order.placed_at)
    for number, order in enumerate(orders, start=1001):
        order.number = f"#{number}"
    return orders
