"""Where else a promo code can live: connectors say here how they make it a discount of theirs.

A connector registers a Store. Everything it sends goes through its effects, never from a page:
`push` only writes down what is to be done, under the key `promo:<code>:<version>`, so that nothing
is made twice after a time-out. Which connector can do what stands in its own words (`limits`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from segments.models import PromoCode
from tenants.registry import Registry


@dataclass(frozen=True)
class Way:
    """One way to bring a code there, and what it costs; why not, if it cannot be taken."""

    key: str  # segments, customers, tag, unique_codes
    label: str
    help: str
    refusal: str = ""


@dataclass(frozen=True)
class Place:
    """What became of a code there."""

    words: str
    address: str = ""
    is_failed: bool = False


@dataclass(frozen=True)
class Store:
    """A shop system that knows discounts."""

    key: str
    label: str
    is_connected: Callable[[], bool]
    ways: Callable[[PromoCode], list[Way]]
    push: Callable[[PromoCode, str], None]  # the way's key; in the caller's transaction
    place: Callable[[PromoCode], Place | None]


STORES: Registry[Store] = Registry("store of discounts")


def connected() -> list[Store]:
    """Return the stores that a code can be sent to now."""
    return [store for store in STORES if store.is_connected()]
