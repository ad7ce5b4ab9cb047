"""The platforms on this machine: what `./strata up` serves for the demo to be connected to."""

import os
import socket
import sys
from collections.abc import Mapping

from config.launcher.places import VAR

# name → the setting that leads there, the module that serves it, and more words for it
SANDBOXES = {
    "shopify": (
        "SHOPIFY_BASE_URL",
        "integrations.sandbox.shopify",
        ["--since", str(VAR / "sandbox-shopify.txt")],
    ),
}


def plan_sandboxes(env: Mapping[str, str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return a command for each sandbox and the settings that lead to them.

    A platform whose address the environment already names is left to whoever named it.
    """
    commands: dict[str, list[str]] = {}
    settings: dict[str, str] = {}
    for name, (setting, module, more) in SANDBOXES.items():
        if os.environ.get(setting):
            continue
        port = _free_port()
        settings[setting] = f"http://127.0.0.1:{port}"
        webhooks = ["--webhooks", f"http://127.0.0.1:{env['PORT']}"]
        commands[name] = [sys.executable, "-m", module, "--port", str(port), *webhooks, *more]
    return commands, settings


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
