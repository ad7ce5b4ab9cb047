"""Which ./strata is using var/ now: a lock that ends with it, and what a second one may learn."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from config.launcher.places import RUN
from config.launcher.trouble import Trouble

LOCK, STATE = RUN / "lock", RUN / "state.json"


def _take_lock() -> int | None:
    RUN.mkdir(parents=True, exist_ok=True)
    handle = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def current() -> dict[str, Any]:
    """Return what the running ./strata says: command, pid, url, env; empty without one."""
    handle = _take_lock()
    if handle is not None:
        os.close(handle)
        return {}
    try:
        state: dict[str, Any] = json.loads(STATE.read_text())
    except (OSError, ValueError):
        return {"command": "command", "pid": 0}  # it has the lock and has not written yet
    return state


def describe(**facts: Any) -> None:
    """Write what a second ./strata may know: for the holder of the lock."""
    new = STATE.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(facts))
    new.replace(STATE)


@contextmanager
def alone(command: str) -> Iterator[None]:
    """Hold var/ for `command`; raise Trouble when another ./strata has it."""
    handle = _take_lock()
    if handle is None:
        raise Trouble(busy(current()))
    try:
        describe(command=command, pid=os.getpid())
        yield
    finally:
        STATE.unlink(missing_ok=True)
        os.close(handle)


def busy(state: dict[str, Any]) -> str:
    """Return the line for somebody who comes second."""
    if state.get("url"):
        return f"Strata is already running at {state['url']} (./strata down stops it)."
    command, pid = state.get("command", "command"), state.get("pid", 0)
    return f"./strata {command} (process {pid}) is using var/. Wait for it, or stop it first."
