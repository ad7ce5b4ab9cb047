"""The doors through which work is sent."""

import pytest
from django.db import connection, transaction

from tenants import jobs
from tenants.models import Run, TenantJob
from tenants.progress import Cancelled
from tenants.tasks import execute_run


def runs() -> list[Run]:
    with jobs.schema_context("public"):
        return list(Run.objects.order_by("id"))


def test_a_started_run_waits_and_is_done_by_the_task(tenant, job):
    job("shine", lambda handle: {"polished": handle.params["spoons"]})

    run = jobs.start("shine", params={"spoons": 3})
    execute_run.apply(args=[run.pk])

    done = jobs.latest("shine")
    assert (done.pk, done.state, done.counts) == (run.pk, Run.State.DONE, {"polished": 3})
    assert (done.attempt, done.lease_until) == (1, None)
    assert connection.schema_name == "acme"


def test_a_slot_starts_once(tenant, job):
    job("shine")

    first, second = jobs.start("shine", slot="monday"), jobs.start("shine", slot="monday")

    assert first.pk == second.pk
    assert len(runs()) == 1


def test_any_number_of_wakes_are_one_waiting_run(tenant, job, django_capture_on_commit_callbacks):
    job("shine")

    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(5):
            jobs.wake("shine")

    assert [run.state for run in runs()] == [Run.State.QUEUED]


def test_a_wake_during_a_run_is_another_run(tenant, job, django_capture_on_commit_callbacks):
    def work(handle):
        with django_capture_on_commit_callbacks(execute=True):
            jobs.wake("shine")

    job("shine", work)

    jobs.run_now("shine")

    assert [run.state for run in runs()] == [Run.State.DONE, Run.State.QUEUED]


def test_a_wake_that_is_rolled_back_makes_nothing(tenant, job):
    job("shine")

    with transaction.atomic():
        jobs.wake("shine")
        transaction.set_rollback(True)

    assert runs() == []


def test_run_now_is_refused_while_a_run_is_at_work(tenant, job):
    def work(handle):
        with pytest.raises(jobs.Busy, match="at work already"):
            jobs.run_now("shine")

    job("shine", work)

    assert jobs.run_now("shine").state == Run.State.DONE
    assert len(runs()) == 1


def test_lanes_may_be_at_work_at_once(tenant, job):
    def work(handle):
        if handle.params["file"] == 1:
            jobs.run_now("load", params={"file": 2})

    job("load", work, lane=lambda params: str(params["file"]))

    jobs.run_now("load", params={"file": 1})

    assert [(run.lane, run.state) for run in runs()] == [("1", "done"), ("2", "done")]


def test_a_failure_in_words_is_kept_and_not_tried_again(tenant, job):
    def work(handle):
        raise jobs.JobFailed("The file has no amounts.")

    job("load", work)

    run = jobs.start("load")
    execute_run.apply(args=[run.pk])

    failed = jobs.latest("load")
    assert (failed.state, failed.error) == (Run.State.FAILED, "The file has no amounts.")


def test_an_unexpected_error_is_tried_three_times_and_tells_no_data(tenant, job):
    def work(handle):
        raise ValueError("ada@example.test is twice there")

    job("load", work)
    run = jobs.start("load")

    for _ in range(4):
        execute_run.apply(args=[run.pk])
        with jobs.schema_context("public"):
            Run.objects.update(not_before=None)

    stopped = jobs.latest("load")
    assert (stopped.state, stopped.attempt) == (Run.State.QUARANTINED, 3)
    assert "ada" not in stopped.error
    assert "ValueError" in stopped.error


def test_an_error_waits_before_the_next_attempt(tenant, job):
    calls = []
    job("load", lambda handle: calls.append(1) or 1 / 0)
    run = jobs.start("load")

    execute_run.apply(args=[run.pk])
    execute_run.apply(args=[run.pk])

    assert (len(calls), jobs.latest("load").state) == (1, Run.State.QUEUED)


def test_a_run_that_is_done_is_not_done_again(tenant, job):
    calls = []
    job("load", lambda handle: calls.append(1))
    run = jobs.start("load")

    execute_run.apply(args=[run.pk])
    execute_run.apply(args=[run.pk])

    assert calls == [1]


def test_a_message_from_the_merchant_next_door_does_nothing(tenant, other_tenant, job):
    calls = []
    job("load", lambda handle: calls.append(1))
    connection.set_tenant(tenant)
    run = jobs.start("load")

    connection.set_tenant(other_tenant)
    execute_run.apply(args=[run.pk])

    assert (calls, jobs.latest("load")) == ([], None)
    connection.set_tenant(tenant)
    assert jobs.latest("load").state == Run.State.QUEUED


def test_a_waiting_run_is_cancelled_at_once(tenant, job):
    job("load")
    run = jobs.start("load")

    jobs.cancel(run)
    execute_run.apply(args=[run.pk])

    assert jobs.latest("load").state == Run.State.CANCELLED


def test_a_cancelled_run_now_leaves_a_cancelled_row(tenant, job):
    def work(handle):
        handle.stop(Cancelled())
        handle.report(1)

    job("load", work)

    with pytest.raises(Cancelled):
        jobs.run_now("load")

    assert jobs.latest("load").state == Run.State.CANCELLED


def test_a_quarantined_run_can_be_replayed(tenant, job):
    job("load", lambda handle: {"rows": 2})
    run = jobs.start("load")
    with jobs.schema_context("public"):
        Run.objects.update(state=Run.State.QUARANTINED, attempt=3)

    assert jobs.replay(run)
    execute_run.apply(args=[run.pk])

    assert (jobs.latest("load").state, jobs.latest("load").attempt) == (Run.State.DONE, 1)


def test_the_end_of_a_run_is_written_beside_its_schedule(tenant, job):
    job("load")
    with jobs.schema_context("public"):
        TenantJob.objects.create(tenant=tenant, job="load", cadence="daily")

    jobs.run_now("load")

    with jobs.schema_context("public"):
        assert TenantJob.objects.get().last_run_at is not None


def test_an_unknown_job_is_refused(tenant):
    with pytest.raises(KeyError):
        jobs.start("nonsense")

    assert runs() == []
