"""What can be known about one person of a generated store, worked out plainly for the checks."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from integrations.demo.oddities import MARKETPLACE_DOMAIN
from integrations.demo.records import Event, Order, Person, Store


@dataclass
class Facts:
    """One person's orders that count, and their events."""

    person: Person
    today: date
    orders: list[Order] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def ago(self, index):
        """Days since the first (0) or the last (-1) order; a million for nobody's."""
        return (self.today - self.orders[index].placed_at.date()).days if self.orders else 10**6

    @property
    def spent(self):
        return sum(order.items - order.refunded for order in self.orders) / 100

    @property
    def average(self):
        return self.spent / len(self.orders) if self.orders else 0

    def within(self, days):
        """How many orders there were in the last `days`."""
        return sum((self.today - order.placed_at.date()).days <= days for order in self.orders)

    def counts(self, name):
        """In how many orders each product or category was."""
        return Counter(
            value
            for order in self.orders
            for value in {getattr(line.product, name) for line in order.lines}
        )

    def share(self, *, hours=None, weekdays=None):
        hits = sum(
            (not hours or order.placed_at.hour in hours)
            and (not weekdays or order.placed_at.isoweekday() in weekdays)
            for order in self.orders
        )
        return hits / len(self.orders) if self.orders else 0

    def did(self, name, *, days=10_000, **properties):
        return sum(
            event.name == name
            and (self.today - event.at.date()).days <= days
            and properties.items() <= event.properties.items()
            for event in self.events
        )

    def idle(self):
        """Days since the last session."""
        days = [
            (self.today - event.at.date()).days for event in self.events if event.name == "session"
        ]
        return min(days, default=10**6)

    def features(self):
        return {e.properties["feature"] for e in self.events if e.name == "feature_used"}

    def rfm(self):
        """The code by fixed thresholds over 365 days."""
        year = [o for o in self.orders if (self.today - o.placed_at.date()).days <= 365]
        money = sum(order.items - order.refunded for order in year) / 100
        r = 5 - sum(self.ago(-1) > limit for limit in (30, 60, 90, 180))
        f = 1 + sum(len(year) >= limit for limit in (2, 4, 8, 12))
        m = 1 + sum(money >= limit for limit in (50, 150, 300, 500))
        return r * 100 + f * 10 + m


def is_customer(person: Person) -> bool:
    """Whether they are neither staff nor wholesale nor a stand-in."""
    return not (
        {"staff", "wholesale"} & set(person.tags) or person.email.endswith(MARKETPLACE_DOMAIN)
    )


def gather(store: Store, today: date) -> list[Facts]:
    """The facts of every customer."""
    orders, events = defaultdict(list), defaultdict(list)
    for order in store.orders:
        counts = not (order.cancelled_at or order.is_test or order.financial == "refunded")
        if order.person and counts:
            orders[order.person.key].append(order)
    for event in store.events:
        events[event.person.key].append(event)
    return [
        Facts(person, today, orders[person.key], events[person.key])
        for person in store.people
        if is_customer(person)
    ]
