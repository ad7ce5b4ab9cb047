"""Child processes that end with the launcher, whatever ends it."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1  # linux/prctl.h
# Loaded before any fork: a child that became `nobody` may not read the interpreter's own files.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_parent(number: int) -> Callable[[], None] | None:
    libc = _LIBC
    if libc is None:
        return None
    return lambda: libc.prctl(PR_SET_PDEATHSIG, number)


def spawn(
    arguments: Sequence[str],
    *,
    env: Mapping[str, str],
    log: Path,
    on_orphaned: signal.Signals = signal.SIGTERM,
    **options: Any,
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that Ctrl-C reaches the launcher alone.

    `on_orphaned` is what the kernel sends it when the launcher is gone. Call from the main thread
    only: the kernel takes the end of the forking thread for the end of the parent.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            list(arguments),
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent(on_orphaned),
            **options,
        )


def stop(
    process: subprocess.Popen[bytes],
    *,
    grace: float,
    number: signal.Signals = signal.SIGTERM,
) -> None:
    """Ask the process to end; after `grace` seconds end it and its children."""
    if process.poll() is not None:
        return
    process.send_signal(number)
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def last_lines(log: Path, *, count: int = 3) -> str:
    """Return the end of a log in one line, for an error message."""
    if not log.exists():
        return "it wrote nothing"
    lines = log.read_text(errors="replace").strip().splitlines()
    return " / ".join(line.strip() for line in lines[-count:]) or "it wrote nothing"
