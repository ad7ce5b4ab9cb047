"""A rule asked of few customers: everything is read by their keys, never of the whole store."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from segments.audience import StoreScope
from segments.rules.fields import Catalogue, Field, Source


@dataclass(frozen=True)
class NarrowCatalogue:
    """The store's catalogue, in which only `customers` (ids, or a query of them) did anything."""

    store: Catalogue
    customers: Any

    def field(self, key: str) -> Field | None:
        """Return a field by key, read by way of the customer's own row."""
        found = self.store.field(key)
        return replace(found, beside=None) if found and found.beside else found

    def source(self, key: str) -> Source | None:
        """Return a behaviour whose rows are these customers' own."""
        found = self.store.source(key)
        if found is None:
            return None
        return replace(
            found, rolled=None, rows=lambda scope, every: self._rows(found, scope, every)
        )

    def _rows(self, source: Source, scope: Any, every: bool) -> Any:
        return source.rows(scope, every).filter(customer_id__in=self.customers)

    def suggestions(self, key: str) -> Sequence[str]:
        """Return the keys nearest to a misspelt one."""
        return self.store.suggestions(key)


class Narrow(StoreScope):
    """Look-ups for `customers` alone; shares of the base are still those of everybody."""

    customers: Any

    def members(self, segments: Sequence[int]) -> Any:
        """Return those of the customers who are members of any of `segments`."""
        return super().members(segments).filter(customer_id__in=self.customers)

    def members_on(self, segments: Sequence[int], day: date) -> Any:
        """Return those who were in any of `segments` at the end of `day`."""
        return super().members_on(segments, day).filter(pk__in=self.customers)

    def moved(
        self, segments: Sequence[int], *, entered: bool, first: datetime, last: datetime
    ) -> Any:
        """Return those who moved between two instants."""
        found = super().moved(segments, entered=entered, first=first, last=last)
        return found.filter(customer_id__in=self.customers)


@dataclass(frozen=True)
class NarrowScope(Narrow):
    """One evaluation for the customers that a query selects."""

    customers: Any = ()


@dataclass(frozen=True)
class OneScope(Narrow):
    """One evaluation for one customer."""

    customer_id: int = 0

    @property
    def customers(self) -> list[int]:
        """The one customer, where a query takes several."""
        return [self.customer_id]


class OneCatalogue(NarrowCatalogue):
    """The store's catalogue, in which only this customer ever did anything."""

    def __init__(self, store: Catalogue, customer_id: int) -> None:
        super().__init__(store, [customer_id])
