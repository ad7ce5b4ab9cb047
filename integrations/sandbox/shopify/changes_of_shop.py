"""What happens to the shop itself and between it and the app: segments, uninstalling, redaction."""

from typing import TYPE_CHECKING, Any

from integrations.sandbox.shopify import payloads
from integrations.sandbox.shopify.changing import NoSuchError
from integrations.sandbox.shopify.members import read

if TYPE_CHECKING:
    from integrations.sandbox.shopify.sandbox import Sandbox
    from integrations.sandbox.shopify.shop import Shop

Made = dict[str, Any]


class ShopChanges:
    """Doors for what is no customer's and no order's."""

    def __init__(self, sandbox: "Sandbox", shop: "Shop") -> None:
        self.sandbox, self.shop = sandbox, shop

    def add_segment(self, name: str, query: str) -> Made:
        """Let the merchant make a segment; raises a refusal for a query that cannot be read."""
        read(query)
        segment = self.shop.add_segment(name, query)
        self._tell("SEGMENTS_CREATE", payloads.segment_payload(segment))
        return segment

    def change_segment(self, segment_id: str, **values: str) -> Made:
        """Change name or query of a segment."""
        segment = self.shop.segments.get(segment_id)
        if segment is None:
            raise NoSuchError(segment_id)
        read(values.get("query") or segment["query"])
        segment |= values | {"lastEditDate": self.shop.now()}
        self._tell("SEGMENTS_UPDATE", payloads.segment_payload(segment))
        return segment

    def delete_segment(self, segment_id: str) -> None:
        """Delete a segment."""
        segment = self.shop.segments.pop(segment_id, None)
        if segment is None:
            raise NoSuchError(segment_id)
        self._tell("SEGMENTS_DELETE", payloads.segment_payload(segment))

    def request_data(self, customer_id: str) -> None:
        """Let a customer ask the merchant for everything known about them."""
        customer = self.shop.store.customer(customer_id)
        household = self.shop.store.home_of(customer_id)
        if customer is None or household is None:
            raise NoSuchError(customer_id)
        orders = [int(order["legacyResourceId"]) for order in household.orders]
        told = {"customer": payloads.person_payload(customer), "orders_requested": orders}
        told["data_request"] = {"id": 9_000_000 + self.sandbox.webhooks.serial}
        self.sandbox.webhooks.emit_compliance(self.shop, "customers/data_request", told)

    def uninstall(self) -> None:
        """Let the merchant throw the app out: its tokens end, its subscriptions after the last."""
        self._tell("APP_UNINSTALLED", {"id": self.shop.number, "domain": self.shop.plan.domain})
        self.shop.subscriptions.clear()
        for token in list(self.sandbox.access.tokens.values()):
            if token.shop == self.shop.plan.domain:
                self.sandbox.access.revoke(token.value)

    def redact_shop(self) -> None:
        """Ask the app to erase the shop; the real one asks 48 hours after uninstalling."""
        self.sandbox.webhooks.emit_compliance(self.shop, "shop/redact", {})

    def change_scopes(self, scopes: list[str]) -> None:
        """Let every token of the shop have these scopes from now on."""
        for token in self.sandbox.access.tokens.values():
            if token.shop == self.shop.plan.domain:
                previous, token.scopes = token.scopes, tuple(scopes)
                told = {"id": 1, "previous": list(previous), "current": scopes}
                self._tell("APP_SCOPES_UPDATE", told | {"updated_at": self.shop.now()})

    def _tell(self, topic: str, payload: Made) -> None:
        self.sandbox.webhooks.emit(self.shop, topic, payload)
