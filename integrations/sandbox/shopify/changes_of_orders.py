"""What happens to orders: they come, are changed, cancelled, refunded, deleted."""

from random import Random
from typing import Any

from integrations.sandbox.shopify import payloads
from integrations.sandbox.shopify.changing import Changing, NoSuchError
from integrations.sandbox.shopify.household import Household, settle
from integrations.sandbox.shopify.ids import MOST_ORDERS
from integrations.sandbox.shopify.order_money import cancel, refund
from integrations.sandbox.shopify.orders import make_order

Made = dict[str, Any]


class OrderChanges(Changing):
    """Doors for what happens to an order."""

    def add_order(self, customer_id: str | None, **values: Any) -> Made:
        """Let somebody, or a guest, order: `cents`, `kind`, `days_ago`, and fields of the API."""
        at = self.shop.clock.now() - 86_400 * values.pop("days_ago", 0)
        words = {"kind": values.pop("kind", "order"), "cents": values.pop("cents", None)}
        household = self._home(customer_id) if customer_id else self._guest()
        before = self._memberships(household)
        if household.made >= MOST_ORDERS:
            raise NoSuchError(f"{customer_id} has as many orders as the sandbox can hold.")
        random = Random(self.store.plan.seed * 7 + household.number * 1_000 + household.made)  # noqa: S311
        order = make_order(
            household.number, household.made, at=float(int(at)), until=at,
            random=random, currency=self.store.plan.currency, **words,
        )  # fmt: skip
        paid = {"displayFinancialStatus": "PAID", "test": False, "updatedAt": self.shop.now()}
        order |= paid | values
        household.made += 1
        household.orders.append(order)
        settle(household)
        self.store.pin(household)
        self._tell("ORDERS_CREATE", payloads.order_payload(order))
        self._tell_purchase(household)
        self._tell_memberships(household, before=before)
        return order

    def _guest(self) -> Household:
        self.store.next_number += 1
        return Household(self.store.next_number - 1, None)

    def change_order(self, order_id: str, **values: Any) -> Made:
        """Change an order: fields of the API, as they are."""
        with self._changing_order(order_id) as order:
            order |= values | {"updatedAt": self.shop.now()}
        return order

    def cancel_order(self, order_id: str) -> Made:
        """Cancel an order and give its money back."""
        with self._changing_order(order_id) as order:
            cancel(order, at=self.shop.clock.now())
        self._tell("ORDERS_CANCELLED", payloads.order_payload(order))
        return order

    def refund_order(self, order_id: str, *, cents: int) -> Made:
        """Give a part of an order's money back."""
        with self._changing_order(order_id) as order:
            refund(order, cents=cents, at=self.shop.clock.now())
        self._tell("REFUNDS_CREATE", payloads.part_payload(order["refunds"][-1], order))
        return order

    def delete_order(self, order_id: str) -> None:
        """Delete an order."""
        order = self._order(order_id)
        household = self._home(order_id)
        household.orders = [each for each in household.orders if each is not order]
        settle(household)
        self.store.pin(household)
        self._tell("ORDERS_DELETE", {"id": int(order["legacyResourceId"])})
