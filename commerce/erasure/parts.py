"""Who holds something about customers: each floor registers what it tells and what it forgets."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from commerce.models import Customer, CustomerIdentity
from tenants.registry import Registry


@dataclass(frozen=True, kw_only=True)
class People:
    """The customers in question, those merged into them among them, and what names them elsewhere.

    In memory only: `emails` and `ids` are what the prints are made of.
    """

    customers: tuple[int, ...]
    emails: frozenset[str]  # folded
    phones: frozenset[str]  # digits
    ids: frozenset[tuple[str, str]]  # (source, id there)

    @property
    def words(self) -> frozenset[str]:
        """What a file or a message may name them by; ids too short to mean anybody left out."""
        long = (known for _, known in self.ids if len(known) >= 5)
        return self.emails | self.phones | frozenset(long)


@dataclass(frozen=True)
class Moment:
    """When it is done: the moment and the merchant's local day."""

    at: datetime
    on: date


@dataclass(frozen=True)
class Part:
    """What one room holds. `erase` runs in one transaction for all parts, before the customers' own
    rows change, and returns how many rows it touched; it must be safe to repeat. `tell` returns
    plain values, rows as dictionaries, or nothing.
    """

    key: str
    label: str
    erase: Callable[[CursorWrapper, People, Moment], int]
    tell: Callable[[People], Any]


PARTS: Registry[Part] = Registry("part of a customer's privacy")


def people(customers: Collection[int]) -> People:
    """Return these customers with everybody they were merged with, at any distance."""
    found = set(customers)
    while True:
        above = Customer.objects.filter(pk__in=found, merged_into__isnull=False)
        below = Customer.objects.filter(merged_into__in=found)
        more = {pk for pk in above.values_list("merged_into", flat=True) if pk}
        more |= set(below.values_list("pk", flat=True))
        if more <= found:
            break
        found |= more
    rows = Customer.objects.filter(pk__in=found).values_list("email_key", "phone_key")
    ids = CustomerIdentity.objects.filter(customer__in=found)
    known = frozenset(ids.values_list("source", "external_id"))
    as_ids = {external for _, external in known if "@" in external}
    return People(
        customers=tuple(sorted(found)),
        emails=frozenset({email for email, _ in rows if email} | as_ids),
        phones=frozenset(phone for _, phone in rows if phone),
        ids=known,
    )


def rows(found: "QuerySet[Any]") -> list[dict[str, Any]]:
    """Return every column of every row."""
    return list(found.order_by("pk").values())
