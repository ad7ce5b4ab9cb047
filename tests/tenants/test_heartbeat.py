"""What the thread beside a run does: lease, progress, cancellation, limits."""

import threading
import time

import pytest
from django.db import connection

from tenants import jobs, queues
from tenants.models import Run
from tenants.progress import Cancelled
from tenants.tasks import execute_run


@pytest.fixture
def quick(settings):
    settings.RUN_HEARTBEAT_SECONDS = 0.1


def row() -> Run:
    with jobs.schema_context("public"):
        return Run.objects.get()


def change(**values) -> None:
    with jobs.schema_context("public"):
        Run.objects.update(**values)


def until(condition) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def sleep_in_database(handle) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(20)")


def test_progress_and_lease_are_written_while_the_work_goes_on(committed_tenant, job, quick):
    seen = []

    def work(handle):
        handle.report(3, 10, "Reading")
        first = row().lease_until
        until(lambda: row().progress_done == 3 and row().lease_until > first)
        seen.append((row().progress_total, row().progress_note))

    job("load", work)
    jobs.run_now("load")

    assert seen == [(10, "Reading")]
    assert row().state == Run.State.DONE


def test_work_learns_of_its_cancellation_at_its_next_report(committed_tenant, job, quick):
    def work(handle):
        change(cancel_requested=True)
        while True:
            handle.report(1)
            time.sleep(0.05)

    job("load", work)

    with pytest.raises(Cancelled):
        jobs.run_now("load")

    assert row().state == Run.State.CANCELLED


def test_a_long_statement_is_cancelled_and_the_connection_goes_on(committed_tenant, job, quick):
    job("load", sleep_in_database)
    run = jobs.start("load")
    threading.Timer(0.5, lambda: (jobs.cancel(run), connection.close())).start()
    began = time.monotonic()

    execute_run.apply(args=[run.pk])

    assert row().state == Run.State.CANCELLED
    assert time.monotonic() - began < 5
    assert connection.schema_name == "acme"


def test_a_worker_that_lost_its_run_changes_nothing_any_more(committed_tenant, job, quick):
    def work(handle):
        change(attempt=2, progress_note="the other worker's")
        while True:
            handle.report(1, note="mine")
            time.sleep(0.05)

    job("load", work)
    run = jobs.start("load")

    execute_run.apply(args=[run.pk])

    lost = row()
    assert (lost.state, lost.attempt, lost.progress_note) == (
        Run.State.RUNNING,
        2,
        "the other worker's",
    )


def test_a_run_that_takes_too_long_is_stopped_in_words(committed_tenant, job, quick):
    job("load", sleep_in_database, run_seconds=1)
    run = jobs.start("load")

    execute_run.apply(args=[run.pk])

    assert row().state == Run.State.QUEUED
    assert row().error == "The work took longer than it may and was stopped."


def test_a_statement_that_takes_too_long_is_stopped_and_the_limit_taken_off(
    committed_tenant, job, quick, monkeypatch
):
    monkeypatch.setitem(queues.LIMITS, "compute", queues.Limits(60, 1))
    job("load", sleep_in_database)
    run = jobs.start("load")

    execute_run.apply(args=[run.pk])

    assert row().error == "The work took longer than it may and was stopped."
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
