"""Webhooks on their way out: signed, to every subscription; twice, late or mixed up if asked."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from integrations.sandbox.shopify.clock import written

if TYPE_CHECKING:
    from integrations.sandbox.shopify.sandbox import Sandbox
    from integrations.sandbox.shopify.shop import Shop

Made = dict[str, Any]
RETRIES = (60, 300, 600, 1_200, 1_800, 2_700, 3_600, 4_140)  # eight within four hours
COMPLIANCE = ("customers/data_request", "customers/redact", "shop/redact")
SECONDS = 5.0
# Topics whose name is not simply one word, a slash, the rest.
NAMES = {
    "CUSTOMERS_EMAIL_MARKETING_CONSENT_UPDATE": "customers_email_marketing_consent/update",
    "CUSTOMERS_MARKETING_CONSENT_UPDATE": "customers_marketing_consent/update",
    "BULK_OPERATIONS_FINISH": "bulk_operations/finish",
    "CUSTOMER_JOINED_SEGMENT": "customer.joined_segment",
    "CUSTOMER_LEFT_SEGMENT": "customer.left_segment",
    "CUSTOMER_TAGS_ADDED": "customer.tags_added",
    "CUSTOMER_TAGS_REMOVED": "customer.tags_removed",
}


def topic_name(topic: str) -> str:
    """Return a topic as the header tells it: CUSTOMERS_UPDATE is customers/update."""
    return NAMES.get(topic) or topic.lower().replace("_", "/", 1)


@dataclass
class Delivery:
    """One request that is due: to which address, with which headers and body."""

    uri: str
    topic: str
    headers: dict[str, str]
    body: bytes
    due_at: float
    subscription: str = ""
    shop: str = ""
    attempts: int = 0


@dataclass
class Webhooks:
    """What is to be delivered, and how badly; tests take it themselves, or have it sent."""

    sandbox: "Sandbox"
    pending: list[Delivery] = field(default_factory=list)
    sent: list[tuple[Delivery, int]] = field(default_factory=list)  # with the answer's status
    target: str = ""  # http://127.0.0.1:PORT instead of scheme and host of the address
    compliance_uri: str = ""  # from the app's configuration, not from the API
    copies: int = 1  # of each delivery
    delay: float = 0.0  # seconds by the sandbox's clock
    is_shuffled: bool = False
    signs_with: str = "new"  # old: as in the hour after the secret was changed; wrong: nobody's
    serial: int = 0

    def emit(self, shop: "Shop", topic: str, payload: Made) -> None:
        """Put a delivery on its way to every subscription of a topic."""
        self.serial += 1
        event = f"event-{self.serial:08d}"
        for each in list(shop.subscriptions.values()):
            if each["topic"] == topic:
                told = self._filtered(each, payload)
                self._add(shop, each["uri"], topic_name(topic), told, event, each["id"])

    def emit_compliance(self, shop: "Shop", topic: str, payload: Made) -> None:
        """Put one of the three compliance topics on its way to the app's address."""
        self.serial += 1
        about: Made = {"shop_id": shop.number, "shop_domain": shop.plan.domain}
        event = f"event-{self.serial:08d}"
        uri = self.compliance_uri or shop.callback
        self._add(shop, uri, topic, about | payload, event, "")

    def _filtered(self, subscription: Made, payload: Made) -> Made:
        wanted = subscription["includeFields"]
        return {key: payload[key] for key in payload if key in wanted} if wanted else payload

    def _add(
        self, shop: "Shop", uri: str, topic: str, payload: Made, event: str, subscription: str
    ) -> None:
        body = json.dumps(payload, separators=(",", ":")).encode()
        self.serial += 1
        now = self.sandbox.clock.now()
        headers = {
            "Content-Type": "application/json",
            "X-Shopify-Topic": topic,
            "X-Shopify-Hmac-Sha256": self.sign(body),
            "X-Shopify-Shop-Domain": shop.plan.domain,
            "X-Shopify-API-Version": self.sandbox.version,
            "X-Shopify-Webhook-Id": f"delivery-{self.serial:08d}",
            "X-Shopify-Event-Id": event,
            "X-Shopify-Triggered-At": written(now),
        }
        for _ in range(self.copies):
            due = now + self.delay
            delivery = Delivery(uri, topic, headers, body, due, subscription, shop.plan.domain)
            self.pending.append(delivery)

    def sign(self, body: bytes) -> str:
        """Return the signature of a body with the secret that is in use."""
        app = self.sandbox.app
        secrets = {"new": app.secret, "old": app.old_secret, "wrong": "nobody's secret"}
        digest = hmac.new(secrets[self.signs_with].encode(), body, hashlib.sha256).digest()
        return base64.b64encode(digest).decode()

    def take(self) -> list[Delivery]:
        """Take what is due, in the order it came, or in another one every time the same."""
        now = self.sandbox.clock.now()
        due = [each for each in self.pending if each.due_at <= now]
        self.pending = [each for each in self.pending if each.due_at > now]
        if self.is_shuffled:
            Random(self.serial).shuffle(due)  # noqa: S311 (an order, not a secret)
        return due

    def send_due(self) -> int:
        """Send what is due; whatever is not answered with 2xx comes again. Return how many."""
        with self.sandbox.lock:
            due = self.take()
        for delivery in due:
            status = self._send(delivery)
            self.sent.append((delivery, status))
            if not 200 <= status < 300:
                self._again(delivery)
        return len(due)

    def _again(self, delivery: Delivery) -> None:
        """Try again later, by the sandbox's clock; after the eighth the subscription is gone."""
        if delivery.attempts >= len(RETRIES):
            shop = self.sandbox.shops[delivery.shop]
            shop.subscriptions.pop(delivery.subscription, None)
            return
        delivery.due_at = self.sandbox.clock.now() + RETRIES[delivery.attempts]
        delivery.attempts += 1
        self.pending.append(delivery)

    def _send(self, delivery: Delivery) -> int:
        """Send one request to the target with the address's host; return the status, 0 for none."""
        meant, target = urlsplit(delivery.uri), urlsplit(self.target or delivery.uri)
        client = HTTPConnection(target.hostname or "", target.port or 80, timeout=SECONDS)
        path = meant.path + (f"?{meant.query}" if meant.query else "")
        try:
            headers = delivery.headers | {"Host": meant.netloc}
            client.request("POST", path or "/", delivery.body, headers)
            return client.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            client.close()
