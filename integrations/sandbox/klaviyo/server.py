"""The HTTP side: a loopback server for a World, with a control API below /_sandbox/."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from integrations.sandbox.klaviyo.faults import Fault
from integrations.sandbox.klaviyo.world import Outcome, World

MEDIA = "application/vnd.api+json"


class Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the world, writes what it says, or fails as a fault wants it."""

    protocol_version = "HTTP/1.1"
    world: World

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing: keys stand in headers, people in addresses."""

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/_sandbox/"):
            self._write(200, control(self.world, self.path, json.loads(raw or b"{}")), {})
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            words = [{"code": "invalid", "detail": "The payload is not JSON."}]
            self._write(400, {"errors": words}, {})
            return
        outcome = self.world.ask(self.command, self.path, headers=headers, body=body, size=len(raw))
        self._send(outcome)

    do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 - the base class's names

    def _send(self, outcome: Outcome) -> None:
        fault = outcome.fault
        if fault is not None and fault.kind in ("drop", "lost"):
            self.close_connection = True
            return
        if fault is not None and fault.kind == "slow":
            time.sleep(fault.seconds)
        if fault is not None and fault.kind == "html":
            self._head(502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"})
            return
        is_cut = fault is not None and fault.kind == "cut"
        self._write(outcome.status, outcome.body, outcome.headers, is_cut=is_cut)

    def _write(
        self, status: int, body: Any, headers: dict[str, str], *, is_cut: bool = False
    ) -> None:
        raw = b"" if body is None else json.dumps(body).encode()
        self._head(status, raw, {"Content-Type": MEDIA, **headers}, is_cut=is_cut)

    def _head(
        self, status: int, raw: bytes, headers: dict[str, str], *, is_cut: bool = False
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw[: len(raw) // 2] if is_cut else raw)
        if is_cut:
            self.close_connection = True


def control(world: World, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Do what a test or the demo asks of the sandbox from another process."""
    what = path.removeprefix("/_sandbox/").strip("/")
    if what == "clock":
        world.clock.advance(float(body.get("advance", 0)))
    elif what == "faults":
        world.faults.add(Fault(**body))
    elif what == "calm":
        world.faults.clear()
    elif what == "accounts":
        world.open_account(body["id"], name=body["name"], key=body["key"])
    elif what == "lists":
        world.make_list(world.accounts[body["account"]], body["name"])
    calls = {"calls": dict(world.calls), "refused": world.meter.refused}
    return {"now": world.clock.now(), **calls}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away."""


def make_server(world: World, *, port: int = 0) -> ThreadingHTTPServer:
    """Return a server on 127.0.0.1 that is not at work yet; port 0 takes any free one."""
    handler = type("WorldHandler", (Handler,), {"world": world})
    server = _Server(("127.0.0.1", port), handler)
    world.origin = f"http://127.0.0.1:{server.server_address[1]}"
    return server


@contextlib.contextmanager
def serving(world: World) -> Iterator[str]:
    """Serve `world` in a thread; yield its origin: http://127.0.0.1:port."""
    server = make_server(world)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield world.origin
    finally:
        server.shutdown()
        server.server_close()
