"""The whole sandbox: shops by their domain, apps, one clock."""

from pathlib import Path
from tempfile import TemporaryDirectory
from threading import RLock
from typing import Any

from integrations.sandbox.shopify import (  # noqa: F401 (they fill the doors)
    bulk,
    doors_bulk,
    doors_segments,
    doors_webhooks,
)
from integrations.sandbox.shopify.access import Access, App, Token
from integrations.sandbox.shopify.call import Call
from integrations.sandbox.shopify.changes import Changes
from integrations.sandbox.shopify.changes_of_shop import ShopChanges
from integrations.sandbox.shopify.clock import Clock
from integrations.sandbox.shopify.cost import Bucket
from integrations.sandbox.shopify.execution import Answer, answer
from integrations.sandbox.shopify.faults import Fault, Faults, refuse, spoil
from integrations.sandbox.shopify.payloads import bulk_payload
from integrations.sandbox.shopify.plan import DEMO, Plan
from integrations.sandbox.shopify.shop import Shop
from integrations.sandbox.shopify.webhooks import Webhooks

Made = dict[str, Any]
VERSION = "2026-10"
STATIC_TOKEN = "shpat_sandbox_static_token"  # noqa: S105 (of a server on this machine)
KEY_REFUSED = "[API] Invalid API key or access token (unrecognized login or wrong password)"


class Sandbox:
    """Everything a server answers from. `lock`: one call at a time, as with one shop's database."""

    def __init__(self, *plans: Plan, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.lock = RLock()
        self.url = ""  # where it is served
        self.shops: dict[str, Shop] = {}
        self.buckets: dict[tuple[str, str], Bucket] = {}
        self.access = Access(self.clock)
        self.app = self.access.add_app(App())
        self.calls = 0
        self.version = VERSION
        self.faults = Faults()
        self.webhooks = Webhooks(self)
        self.bulk_seconds = 2.0  # that a bulk operation takes at least
        self.bulk_failure = ""  # the error code with which bulk operations end
        self._folder = TemporaryDirectory(prefix="sandbox-shopify-")
        self.folder = Path(self._folder.name)
        self.member_query_seconds = 2.0  # until a list of members is put together
        for plan in plans or (DEMO,):
            self.add_shop(plan)

    def add_shop(self, plan: Plan) -> Shop:
        """Open a shop; its static token has the shop's own name in it but for the first."""
        shop = Shop(plan, clock=self.clock, serial=len(self.shops) + 1)
        value = STATIC_TOKEN if not self.shops else f"{STATIC_TOKEN}_{len(self.shops) + 1}"
        self.shops[plan.domain] = shop
        self.access.add_token(Token(value, self.app, plan.domain, self.app.scopes))
        return shop

    @property
    def shop(self) -> Shop:
        """Return the first shop, the one most tests need."""
        return next(iter(self.shops.values()))

    def shop_named(self, host: str) -> Shop | None:
        """Return the shop a request is for; the server's own address means the first."""
        domain = host.partition(":")[0].lower()
        return self.shop if domain in ("127.0.0.1", "localhost", "") else self.shops.get(domain)

    def bucket(self, token: Token) -> Bucket:
        """Return the points of an app at a shop."""
        return self.buckets.setdefault((token.app.client_id, token.shop), Bucket())

    def changes(self, shop: Shop | None = None) -> Changes:
        """Return the doors through which a shop's people and orders change."""
        return Changes(self, shop or self.shop)

    def shop_changes(self, shop: Shop | None = None) -> ShopChanges:
        """Return the doors for segments, scopes, uninstalling and compliance."""
        return ShopChanges(self, shop or self.shop)

    def tick(self) -> None:
        """Bring everything that time moves to where it stands now."""
        for shop in self.shops.values():
            for operation in bulk.settle(self, shop):
                self.webhooks.emit(shop, "BULK_OPERATIONS_FINISH", bulk_payload(operation))

    def close(self) -> None:
        """Remove what stands on the disk."""
        self._folder.cleanup()

    def refuse(self, fault: Fault, bucket: Bucket | None) -> Answer | None:
        """Return a fault's own answer, None when the real one is only spoilt."""
        return refuse(fault, bucket)

    def graphql(
        self, shop: Shop, token_value: str, asked: Made, *, fault: Fault | None = None
    ) -> Answer:
        """Answer a GraphQL call, or what a fault makes of it."""
        token = self.access.token(token_value, shop=shop.plan.domain)
        if token is None:
            return Answer({"errors": KEY_REFUSED}, status=401)
        bucket = self.bucket(token)
        if fault and not fault.is_late and (refused := refuse(fault, bucket)):
            return refused
        answered = answer(Call(self, shop, token), asked, bucket)
        if fault is None:
            return answered
        return refuse(fault, bucket) or spoil(fault, answered)
