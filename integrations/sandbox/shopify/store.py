"""The sandbox's store: any customer or order by its number, all of them in order, none in memory.

Households are made anew whenever they are asked for; only those that somebody changed, added or
read lately are kept. A store of a million customers therefore needs no more room than a small one.
"""

from collections.abc import Iterator
from typing import Any

from integrations.sandbox.shopify.household import Household, count_orders, make_household
from integrations.sandbox.shopify.ids import gid, household_of, read_gid
from integrations.sandbox.shopify.plan import Plan

Made = dict[str, Any]
KEPT = 6_000  # orders, about, of the households kept because they were read lately: 40 MiB


class Store:
    """Customers and orders of one shop, as they stood at `until` and as they were changed since."""

    def __init__(self, plan: Plan, *, until: float) -> None:
        self.plan = plan
        self.until = until
        self.changed: dict[int, Household] = {}
        self.moved: dict[str, int] = {}  # order id → household, where a merge has moved it
        self.next_number = plan.customers + plan.guests
        self.version = 0  # counts changes, for whoever keeps something read from here
        self._made_orders: int | None = None
        self.recent: dict[int, Household] = {}

    def household(self, number: int) -> Household | None:
        """Return a household, None when there never was one of this number."""
        found = self.changed.get(number) or self.recent.get(number)
        if found is None and 0 <= number < self.plan.customers + self.plan.guests:
            found = make_household(number, plan=self.plan, until=self.until)
            if len(self.recent) >= KEPT / max(1.0, self.plan.orders_each):
                self.recent.clear()
            self.recent[number] = found
        return found

    def households(self, *, start: int = 0) -> Iterator[Household]:
        """Yield all households in the order of their numbers."""
        for number in range(max(start, 0), self.next_number):
            household = self.household(number)
            if household is not None:
                yield household

    def pin(self, household: Household) -> None:
        """Keep a household that is about to be changed."""
        self.changed[household.number] = household
        self.version += 1

    def customers(self, *, start: int = 0) -> Iterator[Made]:
        """Yield customers in the order of their ids."""
        return (each.customer for each in self.households(start=start) if each.customer)

    def orders(self, *, start: int = 0) -> Iterator[Made]:
        """Yield orders household by household: in the order of their ids unless merged."""
        for household in self.households(start=start):
            yield from household.orders

    def changed_rows(self, kind: str) -> Iterator[Made]:
        """Yield the customers or the orders of the households that were changed or added."""
        for household in self.changed.values():
            if kind == "orders":
                yield from household.orders
            elif household.customer:
                yield household.customer

    def count_customers(self) -> int:
        """Return how many customers there are, without making them."""
        gone = sum(not each.customer for each in self._changed_of_plan(self.plan.customers))
        new = [each for each in self.changed.values() if each.number >= self.plan.customers]
        return self.plan.customers - gone + sum(each.customer is not None for each in new)

    def count_orders(self) -> int:
        """Return how many orders there are; the first time it looks at every household."""
        made = self.plan.customers + self.plan.guests
        if self._made_orders is None:
            self._made_orders = sum(count_orders(each, plan=self.plan) for each in range(made))
        before = sum(count_orders(o.number, plan=self.plan) for o in self._changed_of_plan(made))
        return self._made_orders - before + sum(len(o.orders) for o in self.changed.values())

    def _changed_of_plan(self, below: int) -> list[Household]:
        return [each for each in self.changed.values() if each.number < below]

    def customer(self, customer_id: str) -> Made | None:
        """Return a customer by gid, None when there is none any more."""
        household = self.home_of(customer_id)
        found = household.customer if household else None
        return found if found and found["id"] == customer_id else None

    def order(self, order_id: str) -> Made | None:
        """Return an order by gid, None when there is none."""
        household = self.home_of(order_id)
        orders = household.orders if household else []
        return next((order for order in orders if order["id"] == order_id), None)

    def home_of(self, some_id: str) -> Household | None:
        """Return the household a customer or an order belongs to now."""
        try:
            kind, number = read_gid(some_id)
        except ValueError:
            return None
        if kind not in ("Customer", "Order"):
            return None
        home = self.moved.get(some_id, household_of(kind, number))
        return self.household(home)

    def customer_id(self, number: int) -> str:
        """Return the gid of the customer whose number is `number`."""
        return gid("Customer", number)
