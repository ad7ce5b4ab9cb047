"""./strata up in a copy of the project: from nothing with a warm package cache, and again."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

from benchmarks.measure import Report, timed

ROOT = Path(__file__).resolve().parent.parent
# The copy brings its own servers: nothing of this run's settings may reach it.
OURS = ("DATABASE_URL", "REDIS_URL", "FILES_ROOT", "DJANGO_SETTINGS_MODULE", "PYTHONPATH", "PORT")


def measure(folder: Path, report: Report) -> None:
    """Measure both starts until the log-in page answers, demo included."""
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    left_out = shutil.ignore_patterns("var", ".git", "__pycache__", ".*_cache")
    shutil.copytree(ROOT, copy, ignore=left_out)
    env = {key: value for key, value in os.environ.items() if key not in OURS}
    env["PORT"] = str(free_port())
    for what, limit in (("./strata up, from nothing", 60), ("./strata up, again", 6)):
        seconds = _up(copy, env)
        report.add(what, f"{seconds:.1f} s", f"<= {limit} s", ok=seconds <= limit)
    shutil.rmtree(copy, ignore_errors=True)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _up(folder: Path, env: dict[str, str]) -> float:
    """Return the seconds until it answers; it is stopped afterwards."""
    with timed() as clock:
        _strata(folder, env, "up", "--detach")
    _strata(folder, env, "down")
    return clock.seconds


def _strata(folder: Path, env: dict[str, str], *arguments: str) -> None:
    command = ["./strata", *arguments]
    subprocess.run(command, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL)
