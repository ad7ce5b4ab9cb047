"""`python -m integrations.sandbox.klaviyo --port 8091`: the sandbox as a process of its own."""

import argparse
import signal
import sys

from integrations.sandbox.klaviyo.server import make_server
from integrations.sandbox.klaviyo.world import World

PORT = 8091
KEY = "pk_sandbox_of_the_demo"


def demo_world() -> World:
    """Return an account with a list that a live flow begins with, and two templates."""
    world = World()
    account = world.open_account("DEMO01", name="Demo shop", key=KEY)
    newsletter = world.make_list(account, "Newsletter")
    world.make_flow(account, "Welcome series", group=newsletter)
    for name in ("Season’s greetings", "We miss you"):
        id = account.next_id("T", length=6)
        account.templates[id] = {"id": id, "name": name, "created": world.clock.now()}
    return world


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=PORT)
    server = make_server(demo_world(), port=parser.parse_args().port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.stdout.write(f"Sandbox Klaviyo on http://127.0.0.1:{server.server_address[1]}, {KEY}\n")
    sys.stdout.flush()
    server.serve_forever(0.1)


if __name__ == "__main__":
    main()
