"""Real workers in processes of their own, on the test database, to be killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


class Workers:
    """Starts workers of one Celery application; whatever still lives at the end is killed."""

    def __init__(self, application: str, *options: str, logs: Path) -> None:
        self.arguments = ["-A", application, "worker", "-c", "1", *options]
        self.logs, self.started = logs, []

    def __call__(self) -> subprocess.Popen:
        """Start one more."""
        with (self.logs / f"worker{len(self.started)}.log").open("wb") as log:
            process = subprocess.Popen(
                [Path(sys.executable).with_name("celery"), *self.arguments],
                cwd=ROOT,
                env=worker_environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_) -> None:
        for process in self.started:
            kill(process)


def worker_environment() -> dict[str, str]:
    database = settings.DATABASES["default"]
    name = connection.settings_dict["NAME"]
    host, port = quote(database["HOST"], safe=""), database.get("PORT") or ""
    password = f":{quote(database['PASSWORD'])}" if database.get("PASSWORD") else ""
    address = f"{host}:{port}" if port else host
    return os.environ | {
        "DATABASE_URL": f"postgres://{database['USER']}{password}@{address}/{name}",
        "REDIS_URL": settings.REDIS_URL,
        "RUN_LEASE_SECONDS": "2",
        "RUN_HEARTBEAT_SECONDS": "0.3",
        "TEST_WORKER": "1",
    }


def kill(process: subprocess.Popen) -> None:
    """Kill the worker and its children at once, as a power cut would."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)
