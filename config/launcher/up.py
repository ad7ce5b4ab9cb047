"""./strata up: everything from nothing to a page that answers, until somebody stops it."""

import argparse
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from config.launcher import running
from config.launcher.demo import Preparation, announce
from config.launcher.fleet import Fleet
from config.launcher.places import LOGS, ROOT, START, VAR
from config.launcher.port import chosen_port
from config.launcher.services import Services
from config.launcher.trouble import Trouble

# What another command needs to know to speak to the same servers.
SHARED = ("DATABASE_URL", "REDIS_URL", "PORT", "SHOPIFY_BASE_URL")
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(arguments: list[str]) -> int:
    """Serve the demo until Ctrl-C or SIGTERM; with --detach return when it answers."""
    parser = argparse.ArgumentParser(prog="./strata up", description=__doc__)
    parser.add_argument("--detach", action="store_true", help="return once the page answers")
    options = parser.parse_args(arguments)
    if os.environ.get("STRATA_ENV") == "production":
        raise Trouble("./strata up serves a demo with known passwords; see docs/operations.md.")
    if options.detach:
        return _detach()
    with running.alone("up"):
        port = chosen_port()
        _heed_signals()
        return _serve(port)


def _heed_signals() -> None:
    """Make the first signal to stop a KeyboardInterrupt; later ones wait for the ordered stop."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        _ignore_signals()
        raise KeyboardInterrupt

    for number in STOP_SIGNALS:
        signal.signal(number, interrupt)


def _ignore_signals() -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _serve(port: int) -> int:
    start = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - start:5.1f} s] {text}", flush=True)

    services = Services(VAR, logs=LOGS)
    fleet, preparation = Fleet(port=port), Preparation(beside=services.own_cluster())
    try:
        env = fleet.start_sandboxes(services.environment() | {"PORT": str(port)})
        preparation.start(env)
        services.start()
        say("PostgreSQL and Redis")
        logins = preparation.logins()
        say("tables and demo data")
        fleet.start(env)
        say("web, workers, beat")
        url = announce(logins, port=port)
        shared = {name: env[name] for name in SHARED if name in env}
        running.describe(command="up", pid=os.getpid(), url=url, env=shared)
        fleet.watch(services)
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
    finally:
        _ignore_signals()
        preparation.stop()
        fleet.stop()
        services.stop()
    say("Stopped; the data stay in var/.")
    return 0


def _detach() -> int:
    """Start ./strata up in the background and wait until it answers or has failed."""
    state = running.current()
    if state:
        raise Trouble(running.busy(state))
    log = LOGS / "up.log"
    LOGS.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-P", str(START), "up"],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    shown = 0
    while True:
        ended = child.poll() is not None
        shown = _show_new(log, shown=shown)
        if ended:
            return 1  # its last line has said why
        if running.current().get("url"):
            _show_new(log, shown=shown)
            return 0
        time.sleep(0.1)


def _show_new(log: Path, *, shown: int) -> int:
    """Print what the log has after `shown` bytes; return how many it has now."""
    with log.open("rb") as file:
        file.seek(shown)
        sys.stdout.write(file.read().decode(errors="replace"))
        sys.stdout.flush()
        return file.tell()
