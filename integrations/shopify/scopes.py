"""What the app has to be allowed in a store, and what does not work without it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """A right an app is granted by a store."""

    key: str
    without: str  # what the merchant misses
    is_needed: bool = True  # without it there is no mirror at all


SCOPES = (
    Scope("read_customers", "No customers, no consents and no Shopify segments are read."),
    Scope("read_orders", "No orders are read, so there are no numbers and no scores."),
    Scope("read_products", "Lines tell no category, so rules about categories find nobody."),
    Scope(
        "read_all_orders",
        "Only orders of the last 60 days are read. Recency, frequency and spend over a longer time "
        "are too low, and who bought before seems never to have bought. Shopify grants this right "
        "on request, in the app's settings under “API access”.",
        is_needed=False,
    ),
    Scope(
        "read_customer_merge",
        "Customers merged in Shopify are noticed at night only.",
        is_needed=False,
    ),
    Scope(
        "write_discounts",
        "Discounts for segments cannot be made in Shopify from here.",
        is_needed=False,
    ),
)
ASKED = tuple(scope.key for scope in SCOPES)  # of an installation


def missing(granted: Iterable[str]) -> list[Scope]:
    """Return the scopes that are not granted; who may write may read."""
    there = set(granted)
    there |= {f"read_{key.removeprefix('write_')}" for key in there if key.startswith("write_")}
    return [scope for scope in SCOPES if scope.key not in there]


def lacks_needed(granted: Iterable[str]) -> list[Scope]:
    """Return the missing ones without which nothing works."""
    return [scope for scope in missing(granted) if scope.is_needed]
