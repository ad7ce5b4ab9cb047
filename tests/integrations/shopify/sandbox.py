"""A sandbox Shopify in a thread of the test, with a clock that stands still."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from integrations.sandbox.shopify.clock import Clock
from integrations.sandbox.shopify.plan import SEGMENTS, Plan
from integrations.sandbox.shopify.sandbox import STATIC_TOKEN, VERSION, Sandbox
from integrations.sandbox.shopify.server import Server

NOON = 1_781_784_000.0  # 18 June 2026, 12:00 UTC
PLAN = Plan(customers=120, segments=SEGMENTS)


class Shopify:
    """What a test holds: `url` to connect to, `sandbox` to change, `clock` to put forward."""

    token = STATIC_TOKEN

    def __init__(self, *plans: Plan) -> None:
        self.sandbox = Sandbox(*(plans or (PLAN,)), clock=Clock(at=NOON, is_frozen=True))
        self.server = Server(self.sandbox).start()
        self.url = self.server.url
        self.clock = self.sandbox.clock
        self.shop = self.sandbox.shop
        self.domain = self.shop.plan.domain

    def send(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, dict[str, str], Any]:
        """Send a request of the test's own; return status, headers, and the body read."""
        client = HTTPConnection("127.0.0.1", self.server.http.server_port, timeout=20)
        told = {"Host": self.domain, "Content-Type": "application/json"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        client.request(method, path, None if body is None else json.dumps(body), told)
        answer = client.getresponse()
        text = answer.read()
        client.close()
        is_json = answer.headers.get("Content-Type") == "application/json"
        return answer.status, dict(answer.headers), json.loads(text) if is_json else text

    def ask(self, document: str, /, *, token: str = "", **variables: Any) -> Any:
        """Ask a GraphQL question with the static token and return the whole answer."""
        told = {"X_Shopify_Access_Token": token or self.token}
        asked = {"query": document, "variables": variables}
        return self.send("POST", f"/admin/api/{VERSION}/graphql.json", asked, **told)[2]


@pytest.fixture
def shopify() -> Iterator[Shopify]:
    """A shop of 120 customers, the same every time."""
    served = Shopify()
    yield served
    served.server.stop()
