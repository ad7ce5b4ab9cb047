"""What all changes of a shop share: finding what is meant, and telling who has to know."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from integrations.sandbox.shopify import payloads
from integrations.sandbox.shopify.household import Household, settle
from integrations.sandbox.shopify.members import read
from integrations.sandbox.shopify.segment_answers import is_member
from integrations.sandbox.shopify.segment_facts import Asked

if TYPE_CHECKING:
    from integrations.sandbox.shopify.sandbox import Sandbox
    from integrations.sandbox.shopify.shop import Shop

Made = dict[str, Any]


class NoSuchError(LookupError):
    """Nobody and nothing in the shop has this id, or it cannot be done to it."""


class Changing:
    """The part below the doors."""

    def __init__(self, sandbox: "Sandbox", shop: "Shop") -> None:
        self.sandbox, self.shop, self.store = sandbox, shop, shop.store

    def _tell(self, topic: str, payload: Made) -> None:
        self.sandbox.webhooks.emit(self.shop, topic, payload)

    def _tell_purchase(self, household: Household) -> None:
        if household.customer:
            self._tell("CUSTOMERS_UPDATE", payloads.customer_payload(household.customer))

    def _home(self, some_id: str) -> Household:
        household = self.store.home_of(some_id)
        is_person = "/Customer/" in some_id
        if household is None or (is_person and self.store.customer(some_id) is None):
            raise NoSuchError(some_id)
        return household

    def _order(self, order_id: str) -> Made:
        order = self.store.order(order_id)
        if order is None:
            raise NoSuchError(order_id)
        return order

    @contextmanager
    def _changing(self, customer_id: str) -> Iterator[tuple[Household, Made]]:
        """Change a customer; whoever joins or leaves a segment by it is told of after."""
        household = self._home(customer_id)
        before = self._memberships(household)
        assert household.customer is not None
        yield household, household.customer
        self.store.pin(household)
        self._tell_memberships(household, before=before)

    @contextmanager
    def _changing_order(self, order_id: str) -> Iterator[Made]:
        order, household = self._order(order_id), self._home(order_id)
        before = self._memberships(household)
        yield order
        settle(household)
        self.store.pin(household)
        self._tell("ORDERS_UPDATED", payloads.order_payload(order))
        self._tell_memberships(household, before=before)

    def _memberships(self, household: Household) -> set[str]:
        """Return the segments a household's customer is in; nobody listens, nothing is counted."""
        topics = {each["topic"] for each in self.shop.subscriptions.values()}
        if not household.customer or not topics & {
            "CUSTOMER_JOINED_SEGMENT",
            "CUSTOMER_LEFT_SEGMENT",
        }:
            return set()
        asked = Asked(self.shop, household, ZoneInfo(self.shop.plan.zone))
        segments = self.shop.segments.values()
        return {each["id"] for each in segments if is_member(read(each["query"]), asked)}

    def _tell_memberships(self, household: Household, *, before: set[str]) -> None:
        after = self._memberships(household)
        customer_id = (household.customer or {}).get("id", "")
        for word, changed in (("JOINED", after - before), ("LEFT", before - after)):
            for segment_id in sorted(changed):
                told = payloads.membership_payload(self.shop, customer_id, segment_id)
                self._tell(f"CUSTOMER_{word}_SEGMENT", told)
