"""The sandbox over HTTP, on this machine only."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from integrations.sandbox.shopify import oauth
from integrations.sandbox.shopify.access import GrantRefusedError
from integrations.sandbox.shopify.execution import Answer
from integrations.sandbox.shopify.sandbox import VERSION, Sandbox

MOST_BYTES = 8 * 1024 * 1024


class Server:
    """Serves a sandbox on 127.0.0.1 in a thread of its own, or until it is stopped."""

    def __init__(self, sandbox: Sandbox, *, port: int = 0) -> None:
        self.sandbox = sandbox
        handler = type("SandboxHandler", (Handler,), {"sandbox": sandbox})
        self.http = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.http.daemon_threads = True
        self.url = sandbox.url = f"http://127.0.0.1:{self.http.server_port}"

    def start(self) -> "Server":
        """Serve in the background."""
        Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Serve no longer."""
        self.http.shutdown()
        self.http.server_close()


class Handler(BaseHTTPRequestHandler):
    """Takes a request to the part of the sandbox that answers it."""

    sandbox: Sandbox
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer("GET")

    def do_POST(self) -> None:
        """Answer a POST."""
        self._answer("POST")

    def log_message(self, *_: object) -> None:
        """Write no log: addresses hold codes."""

    def _answer(self, method: str) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MOST_BYTES))
        parts = urlsplit(self.path)
        shop = self.sandbox.shop_named(self.headers.get("Host", ""))
        with self.sandbox.lock:
            self.sandbox.calls += 1
            if shop is None:
                answer = Answer({"errors": "Not Found"}, status=404)
            elif parts.path == "/admin/oauth/access_token" and method == "POST":
                answer = self._token(body, shop.plan.domain)
            elif parts.path == "/admin/oauth/authorize":
                answer = oauth.authorize(self.sandbox, shop, parse_qs(parts.query), method=method)
            elif parts.path.startswith("/admin/api/") and parts.path.endswith("/graphql.json"):
                answer = self._graphql(body, shop)
            else:
                answer = Answer({"errors": "Not Found"}, status=404)
        self._send(answer)

    def _token(self, body: bytes, shop: str) -> Answer:
        try:
            return Answer(self.sandbox.access.exchange(_read(body, self.headers), shop=shop))
        except GrantRefusedError as error:
            told = {"error": error.error, "error_description": error.words}
            return Answer(told, status=400)

    def _graphql(self, body: bytes, shop: Any) -> Answer:
        try:
            asked = json.loads(body)
        except ValueError:
            return Answer({"errors": {"query": "Required parameter missing or invalid"}}, 400)
        token = self.headers.get("X-Shopify-Access-Token", "")
        answer = self.sandbox.graphql(shop, token, asked)
        answer.headers["X-Shopify-API-Version"] = VERSION
        return answer

    def _send(self, answer: Answer) -> None:
        is_page = isinstance(answer.body, str)
        body = (answer.body if is_page else json.dumps(answer.body)).encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "text/html" if is_page else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Request-Id", f"sandbox-{self.sandbox.calls:08d}")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _read(body: bytes, headers: Any) -> dict[str, Any]:
    """Read a body as JSON, or as a form."""
    if "json" in headers.get("Content-Type", ""):
        try:
            told = json.loads(body)
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}
    return {key: values[0] for key, values in parse_qs(body.decode(errors="replace")).items()}
