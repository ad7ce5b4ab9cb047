"""./strata down: stop the running one, and wait until it has."""

import os
import signal
import time

from config.launcher import running
from config.launcher.trouble import Trouble

PATIENCE = 60  # seconds; a stop in order takes about five


def run(_arguments: list[str]) -> int:
    """Ask the running ./strata to stop, wait, and say so; fine when none runs."""
    state = running.current()
    if not state:
        print("Strata is not running.")
        return 0
    if not state.get("pid"):
        raise Trouble("./strata is just starting. Try again in a moment.")
    os.kill(state["pid"], signal.SIGTERM)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if running.current().get("pid") != state["pid"]:
            print("Strata has stopped; its data stay in var/.")
            return 0
        time.sleep(0.1)
    raise Trouble(f"Process {state['pid']} did not stop within {PATIENCE} s. Look at var/log/.")
