"""One shop of the sandbox: its store and everything an app can make in it."""

from collections.abc import Callable, Sequence
from typing import Any

from integrations.sandbox.shopify.clock import Clock, written
from integrations.sandbox.shopify.ids import gid
from integrations.sandbox.shopify.paging import Ordered
from integrations.sandbox.shopify.plan import Plan
from integrations.sandbox.shopify.rfm import Cuts
from integrations.sandbox.shopify.store import Store

Made = dict[str, Any]


class Shop:
    """A shop by its domain; what it keeps beside the store is small and stands in dicts."""

    def __init__(self, plan: Plan, *, clock: Clock, serial: int) -> None:
        self.plan = plan
        self.clock = clock
        self.number = 60_000_000_000 + serial
        self.store = Store(plan, until=float(int(plan.opened_at or clock.now())))
        self.segments: dict[str, Made] = {}
        self.asked: dict[str, Made] = {}  # asynchronous member queries
        self.bulk: dict[str, Made] = {}
        self.subscriptions: dict[str, Made] = {}
        self.made = 0
        self.callback = ""  # where the last subscription led: compliance topics go there too
        self.members: dict[tuple[str, ...], Sequence[int]] = {}
        self.rfm_cuts: tuple[int, Cuts | None] = (-1, None)
        self._ordered: dict[tuple[str, str], tuple[int, Ordered]] = {}
        for name, query in plan.segments:
            self.add_segment(name, query)

    def now(self) -> str:
        """Return the present moment as the API writes it."""
        return written(self.clock.now())

    def next_id(self, kind: str) -> str:
        """Return an id nobody has."""
        self.made += 1
        return gid(kind, 1_000_000_000 + self.made)

    def add_segment(self, name: str, query: str) -> Made:
        """Make a segment."""
        segment: Made = {
            "id": self.next_id("Segment"),
            "name": name,
            "query": query,
            "creationDate": self.now(),
            "lastEditDate": self.now(),
            "_kind": "Segment",
        }
        self.segments[segment["id"]] = segment
        return segment

    def ordered(self, kind: str, sort: str, make: Callable[[], Ordered]) -> Ordered:
        """Return a sorted list of the store, made anew when the store has changed."""
        version, found = self._ordered.get((kind, sort), (-1, None))
        if found is None or version != self.store.version:
            found = make()
            self._ordered[kind, sort] = (self.store.version, found)
        return found

    def told(self) -> Made:
        """Return the shop as the API tells it."""
        return {
            "id": gid("Shop", self.number),
            "name": self.plan.name,
            "email": f"owner@{self.plan.domain.partition('.')[0]}.test",
            "myshopifyDomain": self.plan.domain,
            "currencyCode": self.plan.currency,
            "ianaTimezone": self.plan.zone,
            "createdAt": written(self.store.until - self.plan.days * 86_400),
            "plan": {
                "publicDisplayName": "Basic",
                "partnerDevelopment": False,
                "shopifyPlus": False,
            },
            "_kind": "Shop",
        }
