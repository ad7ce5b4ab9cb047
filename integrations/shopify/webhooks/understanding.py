"""What a kept webhook is about: ids and a moment, whatever its shape. Pure.

No fact is taken from a body: whoever changed is read anew from the shop. So a message that is old,
repeated, out of order or sent on under another topic changes nothing that is not so.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from integrations.shopify.webhooks.topics import TOPICS

Json = Mapping[str, Any]
LONGEST_ID = 18  # digits


class NotUnderstood(ValueError):  # noqa: N818 - a state
    """The message cannot be worked off; the words are shown and name nobody."""


@dataclass(frozen=True)
class Said:
    """What a message is about. `about` is a handler's name; ids are the shop's numbers."""

    about: str
    customers: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    changed_at: datetime | None = None
    body: Json = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """Return what a row shows: kind and number."""
        for kind in ("customers", "orders", "segments"):
            if found := getattr(self, kind):
                return f"{kind}:{found[0]}"
        return ""


def understand(topic: str, body: bytes) -> Said:
    """Return what the message says; raise NotUnderstood."""
    known = TOPICS.get(topic)
    if known is None:
        raise NotUnderstood("We do not listen to this topic.")
    told = _read(body)
    said = Said(
        about=known.about,
        customers=_customers(topic, told),
        orders=_orders(topic, told),
        segments=_ids(told, "segment_id", "segmentId", "admin_graphql_api_segment_id", "segment")
        if known.about == "moves"
        else (),
        changed_at=_moment(told.get("updated_at")),
        body=told,
    )
    if known.about == "customers" and not said.customers:
        raise NotUnderstood("The message names no customer.")
    if known.about == "orders" and not said.orders:
        raise NotUnderstood("The message names no order.")
    if known.about == "moves" and not (said.customers and said.segments):
        raise NotUnderstood("The message names no customer or no segment.")
    return said


def _read(body: bytes) -> Json:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise NotUnderstood("The message is no JSON.") from None
    if not isinstance(told, dict):
        raise NotUnderstood("The message is not built as expected.")
    return told


def _customers(topic: str, told: Json) -> tuple[str, ...]:
    if topic == "CUSTOMERS_MERGE":
        both = ("admin_graphql_api_customer_kept_id", "admin_graphql_api_customer_deleted_id")
        return _ids(told, *both, is_all=True)
    if TOPICS[topic].about in ("customers", "moves", "privacy"):
        named = _ids(told, "customer_id", "customerId", "admin_graphql_api_customer_id", "customer")
        own = TOPICS[topic].about == "customers"
        return named or (_ids(told, "id", "admin_graphql_api_id") if own else ())
    return ()


def _orders(topic: str, told: Json) -> tuple[str, ...]:
    if TOPICS[topic].about != "orders":
        return ()
    of_other = topic.startswith(("REFUNDS", "FULFILLMENTS"))
    return _ids(told, "order_id") if of_other else _ids(told, "id", "admin_graphql_api_id")


def _ids(told: Json, *names: str, is_all: bool = False) -> tuple[str, ...]:
    """Return the first number found under these names, or all of them."""
    found = []
    for name in names:
        value = told.get(name)
        if isinstance(value, Mapping):
            value = value.get("id") or value.get("admin_graphql_api_id")
        if isinstance(value, int | str) and not isinstance(value, bool):
            digits = str(value).rpartition("/")[2].partition("?")[0]
            if digits.isdecimal() and digits.isascii() and len(digits) <= LONGEST_ID:
                found.append(digits)
    return tuple(dict.fromkeys(found)) if is_all else tuple(found[:1])


def _moment(value: Any) -> datetime | None:
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and not found.tzinfo else found
