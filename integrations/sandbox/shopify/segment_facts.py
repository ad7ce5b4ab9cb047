"""What the segment filters ask of one customer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from integrations.sandbox.shopify.clock import read_moment
from integrations.sandbox.shopify.household import Household
from integrations.sandbox.shopify.rfm import rfm_group

if TYPE_CHECKING:
    from integrations.sandbox.shopify.shop import Shop

Made = dict[str, Any]
DAY = 86_400


@dataclass(frozen=True)
class Asked:
    """One customer, the shop, and the calendar that days are told in."""

    shop: "Shop"
    household: Household
    zone: ZoneInfo

    @property
    def customer(self) -> Made:
        """Return the customer; households without one are not asked."""
        return self.household.customer or {}

    @property
    def orders(self) -> list[Made]:
        """Return the orders that count: tests do not."""
        return [order for order in self.household.orders if not order["test"]]

    def day(self, moment: float) -> date:
        """Return the local day of a moment."""
        return datetime.fromtimestamp(moment, self.zone).date()

    def today(self) -> date:
        """Return the local day it is."""
        return self.day(self.shop.clock.now())


@dataclass(frozen=True)
class Filter:
    """A filter: `kind` is number, day, text, or words (of which a customer has several)."""

    read: Callable[[Asked], Any]
    kind: str
    label: str
    values: tuple[str, ...] = ()


def _order_day(pick: Callable[..., float]) -> Callable[[Asked], date | None]:
    def read(asked: Asked) -> date | None:
        moments = [order["_at"] for order in asked.orders]
        return asked.day(pick(moments)) if moments else None

    return read


def _basket_day(asked: Asked) -> date | None:
    number = asked.household.number
    return asked.day(asked.shop.store.until - number % 60 * DAY) if number % 6 == 1 else None


def _email(asked: Asked) -> Made:
    return asked.customer["defaultEmailAddress"] or {}


def _domain(asked: Asked) -> str | None:
    address = _email(asked).get("emailAddress")
    return address.rpartition("@")[2] if address else None


def _sms(asked: Asked) -> str | None:
    phone = asked.customer["defaultPhoneNumber"]
    state = phone["smsMarketingConsent"]["state"] if phone else None
    return "NOT_SUBSCRIBED" if state == "NEVER_SUBSCRIBED" else state


def _places(asked: Asked) -> tuple[str, str, str] | None:
    address = asked.customer["defaultAddress"]
    if not address:
        return None
    country = address["countryCodeV2"]
    region = f"{country}-{address['provinceCode']}" if address["provinceCode"] else country
    return country, region, f"{region}-{address['city'].replace(' ', '')}"


def _place(part: int) -> Callable[[Asked], list[str]]:
    def read(asked: Asked) -> list[str]:
        places = _places(asked)
        return [places[part]] if places else []

    return read


def _tier(asked: Asked) -> str | None:
    return asked.customer["_tier"] if asked.orders else None


GROUPS = (
    "ACTIVE", "ALMOST_LOST", "AT_RISK", "CHAMPIONS", "DORMANT", "LOYAL", "NEEDS_ATTENTION", "NEW",
    "PREVIOUSLY_LOYAL", "PROMISING", "PROSPECTS",
)  # fmt: skip
EMAIL = ("SUBSCRIBED", "NOT_SUBSCRIBED", "PENDING", "INVALID", "UNSUBSCRIBED", "REDACTED")
SMS = ("SUBSCRIBED", "NOT_SUBSCRIBED", "PENDING", "UNSUBSCRIBED", "REDACTED")
FILTERS = {
    "amount_spent": Filter(
        lambda asked: float(asked.customer["amountSpent"]["amount"]), "number", "Amount spent"
    ),
    "number_of_orders": Filter(
        lambda asked: float(asked.customer["numberOfOrders"]), "number", "Number of orders"
    ),
    "customer_added_date": Filter(
        lambda asked: asked.day(read_moment(asked.customer["createdAt"])), "day", "Added"
    ),
    "first_order_date": Filter(_order_day(min), "day", "First order"),
    "last_order_date": Filter(_order_day(max), "day", "Last order"),
    "abandoned_checkout_date": Filter(_basket_day, "day", "Abandoned checkout"),
    "customer_cities": Filter(_place(2), "words", "City"),
    "customer_regions": Filter(_place(1), "words", "Region"),
    "customer_countries": Filter(_place(0), "words", "Country"),
    "customer_tags": Filter(lambda asked: asked.customer["tags"], "words", "Tags"),
    "customer_email_domain": Filter(_domain, "text", "Email domain"),
    "customer_language": Filter(lambda asked: asked.customer["locale"], "text", "Language"),
    "customer_account_status": Filter(
        lambda asked: asked.customer["state"],
        "text",
        "Account",
        ("DECLINED", "DISABLED", "ENABLED", "INVITED"),
    ),
    "email_subscription_status": Filter(
        lambda asked: _email(asked).get("marketingState"), "text", "Email subscription", EMAIL
    ),
    "sms_subscription_status": Filter(_sms, "text", "SMS subscription", SMS),
    "predicted_spend_tier": Filter(_tier, "text", "Predicted spend", ("HIGH", "MEDIUM", "LOW")),
    "rfm_group": Filter(
        lambda asked: rfm_group(asked.shop, asked.customer), "text", "RFM group", GROUPS
    ),
    "product_subscription_status": Filter(
        lambda _asked: "NEVER_SUBSCRIBED", "text", "Subscription", ("NEVER_SUBSCRIBED",)
    ),
    "companies": Filter(lambda _asked: None, "text", "Company"),
}
EVENTS = {
    "orders_placed": ("count", "amount", "sum_amount", "date", "app_id", "location_id"),
    "products_purchased": ("id", "tag", "quantity", "sum_quantity", "date"),
}
