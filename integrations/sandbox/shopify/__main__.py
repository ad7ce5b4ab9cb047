"""`python -m integrations.sandbox.shopify --port 8090`: the sandbox as a process of its own."""

import argparse
from dataclasses import replace

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
    )
    sandbox = Sandbox(plan)
    sandbox.webhooks.target = options.webhooks
    sandbox.webhooks.compliance_uri = options.compliance
    Server(sandbox, port=options.port).live().http.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    serve(parser.parse_args())
