"""The sandbox over HTTP, on this machine only."""

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from integrations.sandbox.shopify import bulk, oauth
from integrations.sandbox.shopify.access import GrantRefusedError
from integrations.sandbox.shopify.control import answer_control
from integrations.sandbox.shopify.execution import Answer
from integrations.sandbox.shopify.faults import Fault
from integrations.sandbox.shopify.sandbox import Sandbox
from integrations.sandbox.shopify.sending import send, send_file
from integrations.sandbox.shopify.shop import Shop

MOST_BYTES = 8 * 1024 * 1024
GRAPHQL = re.compile(r"/admin/api/(?P<version>[\w-]+)/graphql\.json")


class Server:
    """Serves a sandbox on 127.0.0.1 in a thread of its own, or until it is stopped."""

    def __init__(self, sandbox: Sandbox, *, port: int = 0) -> None:
        self.sandbox = sandbox
        handler = type("SandboxHandler", (Handler,), {"sandbox": sandbox})
        self.http = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.http.daemon_threads = True
        self.http.handle_error = lambda *_: None  # type: ignore[method-assign] # whoever hung up
        self.url = sandbox.url = f"http://127.0.0.1:{self.http.server_port}"
        self.ended = Event()

    def start(self) -> "Server":
        """Serve in the background."""
        Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def live(self, *, every: float = 0.3) -> "Server":
        """Let time pass by itself: bulk operations end, webhooks are sent, without being asked."""

        def pass_time() -> None:
            while not self.ended.wait(every):
                with self.sandbox.lock:
                    self.sandbox.tick()
                if self.sandbox.webhooks.target:
                    self.sandbox.webhooks.send_due()

        Thread(target=pass_time, daemon=True).start()
        return self

    def stop(self) -> None:
        """Serve no longer; files of bulk operations go."""
        self.ended.set()
        self.http.shutdown()
        self.http.server_close()
        self.sandbox.close()


class Handler(BaseHTTPRequestHandler):
    """Takes a request to the part of the sandbox that answers it."""

    sandbox: Sandbox
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer("GET", b"")

    def do_POST(self) -> None:
        """Answer a POST."""
        length = min(int(self.headers.get("Content-Length") or 0), MOST_BYTES)
        self._answer("POST", self.rfile.read(length))

    def log_message(self, *_: object) -> None:
        """Write no log: addresses hold codes."""

    def _answer(self, method: str, body: bytes) -> None:
        parts = urlsplit(self.path)
        if parts.path.startswith("/bulk-results/"):
            self._download(parts.path)
            return
        with self.sandbox.lock:
            self.sandbox.calls += 1
            self.sandbox.tick()
            shop = self.sandbox.shop_named(self.headers.get("Host", ""))
            fault, answer = self._decide(method, parts.path, parts.query, body, shop)
        answer.headers["X-Request-Id"] = f"sandbox-{self.sandbox.calls:08d}"
        send(self, answer, fault)

    def _decide(
        self, method: str, path: str, query: str, body: bytes, shop: Shop | None
    ) -> tuple[Fault | None, Answer]:
        graphql = GRAPHQL.fullmatch(path)
        if shop is None:
            return None, Answer({"errors": "Not Found"}, status=404)
        if path.startswith("/sandbox/"):
            is_json = "json" in self.headers.get("Content-Type", "")
            if method == "POST" and not is_json:  # a form on some page of the web sends none
                return None, Answer({"error": "Send JSON."}, status=415)
            asked = _read(body, self.headers)
            return None, answer_control(self.sandbox, shop, path, asked, method=method)
        if graphql and method == "POST":
            return self._graphql(body, shop, graphql["version"])
        if path == "/admin/oauth/access_token" and method == "POST":
            return self._token(body, shop.plan.domain)
        if path == "/admin/oauth/authorize":
            return None, oauth.authorize(self.sandbox, shop, parse_qs(query), method=method)
        return None, Answer({"errors": "Not Found"}, status=404)

    def _token(self, body: bytes, shop: str) -> tuple[Fault | None, Answer]:
        fault = self.sandbox.faults.next("token", body.decode(errors="replace"))
        if fault and not fault.is_late and (refused := self.sandbox.refuse(fault, None)):
            return fault, refused
        try:
            answer = Answer(self.sandbox.access.exchange(_read(body, self.headers), shop=shop))
        except GrantRefusedError as error:
            told = {"error": error.error, "error_description": error.words}
            answer = Answer(told, status=400)
        return fault, (fault and self.sandbox.refuse(fault, None)) or answer

    def _graphql(self, body: bytes, shop: Shop, version: str) -> tuple[Fault | None, Answer]:
        token = self.headers.get("X-Shopify-Access-Token", "")
        fault = self.sandbox.faults.next("graphql", body.decode(errors="replace"))
        try:
            asked = json.loads(body)
        except ValueError:
            asked = None
        if not isinstance(asked, dict):
            told = {"errors": {"query": "Required parameter missing or invalid"}}
            return None, Answer(told, status=400)
        answer = self.sandbox.graphql(shop, token, asked, fault=fault)
        # a version that is no more falls forward to the one that is served
        answer.headers["X-Shopify-API-Version"] = self.sandbox.version
        return fault, answer

    def _download(self, path: str) -> None:
        with self.sandbox.lock:
            self.sandbox.tick()
            file = bulk.file_of(self.sandbox, path)
            fault = self.sandbox.faults.next("bulk", path)
        refused = fault and self.sandbox.refuse(fault, None)
        if refused or file is None:
            send(self, refused or Answer("<Error><Code>ExpiredToken</Code></Error>", 400), None)
        else:
            send_file(self, file, fault)


def _read(body: bytes, headers: Any) -> dict[str, Any]:
    """Read a body as JSON, or as a form."""
    if "json" in headers.get("Content-Type", ""):
        try:
            told = json.loads(body or b"{}")
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}
    return {key: values[0] for key, values in parse_qs(body.decode(errors="replace")).items()}
