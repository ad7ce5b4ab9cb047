"""A real worker on a real queue: killed, cancelled and resumed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection

from tenants import dispatch, jobs
from tenants.models import Run
from tests.tenants import worker as worker_jobs

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def registered(settings) -> Iterator[None]:
    settings.RUN_LEASE_SECONDS = 2
    worker_jobs.register()
    yield
    for key in ("test-write", "test-sleep", "test-die"):
        del jobs.REGISTRY._entries[key]


@pytest.fixture
def start_worker(tmp_path) -> Iterator[Callable[[], subprocess.Popen]]:
    """Start workers that are killed at the end, children and all."""
    started = []

    def start() -> subprocess.Popen:
        log = (tmp_path / f"worker{len(started)}.log").open("wb")
        arguments = ["-A", "tests.tenants.worker", "worker", "-c", "1", "-l", "WARNING"]
        process = subprocess.Popen(
            [Path(sys.executable).with_name("celery"), *arguments],
            cwd=ROOT,
            env=worker_environment(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
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


def wait_for(condition: Callable[[], bool], *, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def state(key: str) -> str:
    return jobs.latest(key).state


def test_a_killed_worker_leaves_nothing_half_done_and_the_work_ends_by_itself(
    committed_tenant, registered, start_worker
):
    first = start_worker()
    jobs.start("test-write")
    wait_for(lambda: jobs.latest("test-write").progress_note == "about to hang")

    kill(first)
    assert not Group.objects.filter(name__startswith="attempt").exists()
    start_worker()
    with jobs.schema_context("public"):
        wait_for(lambda: dispatch.reap() == 1)
        dispatch.resend()
    wait_for(lambda: state("test-write") == Run.State.DONE)

    done = jobs.latest("test-write")
    assert (done.attempt, done.counts) == (2, {"groups": 1})
    Group.objects.filter(name__startswith="attempt").delete()


def test_a_statement_that_hangs_is_cancelled_and_a_deadly_run_is_stopped(
    committed_tenant, registered, start_worker
):
    start_worker()
    run = jobs.start("test-sleep")
    wait_for(lambda: state("test-sleep") == Run.State.RUNNING)

    began = time.monotonic()
    jobs.cancel(run)
    wait_for(lambda: state("test-sleep") == Run.State.CANCELLED)
    assert time.monotonic() - began < 5

    jobs.start("test-die")
    with jobs.schema_context("public"):
        wait_for(lambda: ring() == Run.State.QUARANTINED)
    assert jobs.latest("test-die").attempt == 3


def ring() -> str:
    """Do the dispatcher's part once."""
    dispatch.reap()
    dispatch.resend()
    return Run.objects.get(job="test-die").state
