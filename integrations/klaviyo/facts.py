"""What of a customer can stand at Klaviyo as a property of their profile."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from commerce.models import Customer
from segments.scoring.rfm.maps import LABELS
from tenants.registry import Registry

# A bulk import cannot clear a property, so what is no longer known is written in a word.
NOTHING = "none"


@dataclass(frozen=True)
class Fact:
    """One fact: `read` returns text or a number, None where there is none."""

    key: str
    label: str
    read: Callable[[Customer], Any]


FACTS: Registry[Fact] = Registry("Klaviyo property")
# What `read` looks at, in one query.
RELATED = ("rfm", "engagement", "pql", "lifecycle", "metrics")


def _of(related: str, name: str) -> Callable[[Customer], Any]:
    return lambda customer: getattr(getattr(customer, related, None), name, None)


def _number(related: str, name: str, *, places: int = 2) -> Callable[[Customer], Any]:
    read = _of(related, name)

    def number(customer: Customer) -> float | None:
        value = read(customer)
        return None if value is None else round(float(value), places)

    return number


def _rfm_segment(customer: Customer) -> str | None:
    key = _of("rfm", "segment")(customer)
    return LABELS.get(key, key) if key else None


def _rfm_code(customer: Customer) -> str | None:
    code = _of("rfm", "code")(customer)
    return None if code is None else f"{code:03d}"


for fact in (
    Fact("rfm_segment", "RFM segment", _rfm_segment),
    Fact("rfm_code", "RFM code", _rfm_code),
    Fact("rfm_score", "RFM score", _number("rfm", "score")),
    Fact("engagement_score", "Engagement score", _number("engagement", "score")),
    Fact("engagement_band", "Engagement", _of("engagement", "band")),
    Fact("pql_score", "Product-led score", _number("pql", "score")),
    Fact("lifecycle_stage", "Lifecycle stage", _of("lifecycle", "stage")),
    Fact("orders_count", "Orders", _of("metrics", "orders_count")),
    Fact("spent", "Spent", _number("metrics", "spent")),
):
    FACTS.register(fact)
