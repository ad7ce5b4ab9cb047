"""`python -m integrations.sandbox.shopify --port 8090`: the sandbox as a process of its own."""

import argparse
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from integrations.sandbox.shopify.plan import DEMO
from integrations.sandbox.shopify.sandbox import Sandbox
from integrations.sandbox.shopify.server import Server

PORT = 8090


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may be said about the server and its shop."""
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--customers", type=int, default=DEMO.customers)
    parser.add_argument("--orders-each", type=float, default=DEMO.orders_each)
    parser.add_argument("--seed", type=int, default=DEMO.seed)
    parser.add_argument("--domain", default=DEMO.domain)
    parser.add_argument("--since", default="", help="file that keeps when the shop was opened")
    parser.add_argument("--webhooks", default="", help="send them to this http://127.0.0.1:PORT")
    parser.add_argument("--compliance", default="", help="address of the compliance topics")


def serve(options: argparse.Namespace) -> None:
    """Serve one shop until the process is ended."""
    plan = replace(
        DEMO,
        customers=options.customers,
        orders_each=options.orders_each,
        seed=options.seed,
        domain=options.domain,
        opened_at=_opened_at(options.since),
    )
    sandbox = Sandbox(plan)
    sandbox.webhooks.target = options.webhooks
    sandbox.webhooks.compliance_uri = options.compliance
    server = Server(sandbox, port=options.port).live()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.http.serve_forever(0.1)
    finally:
        sandbox.close()


def _opened_at(path: str) -> float:
    """Return when the shop was opened: started again, it has to be the same shop as before."""
    file = Path(path)
    if path and file.exists():
        return float(file.read_text())
    now = time.time()
    if path:
        file.write_text(str(now))
    return now


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    serve(parser.parse_args())
