"""A real worker on a real queue: killed, cancelled and resumed."""

import time
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group

from tenants import dispatch, jobs
from tenants.models import Run
from tests.tenants import worker as worker_jobs
from tests.workers import Workers, kill, wait_for


@pytest.fixture
def registered(settings) -> Iterator[None]:
    settings.RUN_LEASE_SECONDS = 2
    worker_jobs.register()
    yield
    for key in ("test-write", "test-sleep", "test-die"):
        del jobs.REGISTRY._entries[key]


@pytest.fixture
def start_worker(tmp_path) -> Iterator[Workers]:
    with Workers("tests.tenants.worker", "-l", "WARNING", logs=tmp_path) as workers:
        yield workers


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
