"""The dispatcher: what is due, and what died."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from tenants import dispatch, jobs, schedule
from tenants.models import Pulse, Run, Tenant, TenantJob
from tests.tenants.dispatching import LONG_AGO, due_row, make_run


def test_a_due_job_becomes_one_run_and_moves_on(acme):
    row = due_row(acme)

    assert (dispatch.make_due(), dispatch.make_due()) == (1, 0)

    run = Run.objects.get()
    assert (run.slot, run.state, run.sent_at) == ("due:2020-01-01T00:00:00Z", "queued", None)
    row.refresh_from_db()
    assert row.next_run_at > timezone.now()


def test_runs_do_not_pile_up_behind_one_that_waits(acme):
    row = due_row(acme)
    dispatch.make_due()
    TenantJob.objects.filter(pk=row.pk).update(next_run_at=LONG_AGO + dt.timedelta(days=1))

    assert dispatch.make_due() == 0
    assert Run.objects.count() == 1


@pytest.mark.parametrize("state", ["provisioning", "failed", "suspended", "deleting"])
def test_only_ready_merchants_have_runs(acme, state):
    Tenant.objects.filter(pk=acme.pk).update(state=state)
    due_row(acme)

    assert dispatch.make_due() == 0


def test_a_job_that_is_not_installed_any_more_is_left_alone(acme):
    due_row(acme, job="gone")
    make_run(acme, job="gone")

    assert dispatch.tick()["due"] == 0


def test_more_than_a_page_of_due_jobs_is_dispatched(acme):
    for number in range(5):
        tenant = Tenant.objects.create(
            schema_name=f"shop{number}", state="ready", migrated_to=acme.migrated_to
        )
        due_row(tenant)

    assert dispatch.make_due(limit=2) == 5


def test_a_tick_gives_new_jobs_to_every_merchant_and_is_seen(acme, job):
    job("polish", cadence="daily", at=dt.time(3))

    dispatch.tick()

    assert TenantJob.objects.filter(job="polish").count() == 2
    assert set(Pulse.objects.values_list("key", flat=True)) == {"dispatcher", "reaper"}


def test_a_merchants_own_schedule_survives(acme):
    due_row(acme, cadence="off", next_run_at=None)

    schedule.ensure_rows(acme)

    assert TenantJob.objects.get(tenant=acme, job="shine").cadence == "off"


def test_a_run_whose_lease_ran_out_is_queued_again(acme):
    run = make_run(acme, state="running", attempt=1, lease_until=LONG_AGO)

    assert dispatch.reap() == 1

    run.refresh_from_db()
    assert (run.state, run.lease_until, run.attempt) == (Run.State.QUEUED, None, 1)


def test_a_run_with_a_lease_is_left_alone(acme):
    make_run(acme, state="running", lease_until=timezone.now() + dt.timedelta(minutes=1))

    assert dispatch.reap() == 0


def test_the_third_death_is_the_last(acme):
    run = make_run(acme, state="running", attempt=3, lease_until=LONG_AGO)

    dispatch.reap()

    run.refresh_from_db()
    assert run.state == Run.State.QUARANTINED
    assert "interrupted three times" in run.error


def test_a_dead_run_that_was_cancelled_stays_so(acme):
    run = make_run(acme, state="running", attempt=1, lease_until=LONG_AGO, cancel_requested=True)

    dispatch.reap()

    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED


def test_a_dead_wake_whose_successor_waits_is_dropped(acme):
    dead = make_run(acme, slot="wake:1", state="running", attempt=1, lease_until=LONG_AGO)
    make_run(acme, 2, slot="wake:2")

    dispatch.reap()

    dead.refresh_from_db()
    assert dead.state == Run.State.CANCELLED


def test_a_merchants_dead_runs_come_back_a_few_at_a_time(acme):
    for number in range(8):
        make_run(acme, number, state="running", attempt=1, lease_until=LONG_AGO)
    other = Tenant.objects.get(schema_name="globex")
    make_run(other, state="running", attempt=1, lease_until=LONG_AGO)

    assert dispatch.reap() == 5 + 1
    assert dispatch.reap() == 0
    Run.objects.update(reaped_at=timezone.now() - dt.timedelta(minutes=2))
    assert dispatch.reap() == 3


def test_two_dispatchers_at_once_make_each_run_once(committed_tenant, job):
    job("shine", cadence="hours")
    connection.set_schema_to_public()
    for number in range(20):
        job(f"job{number}", cadence="hours")
        due_row(committed_tenant, job=f"job{number}")
    made = []

    def work() -> None:
        made.append(dispatch.make_due(limit=3))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(made) == 20
    assert Run.objects.count() == 20


def test_two_workers_at_once_do_not_overlap(committed_tenant, job):
    job("shine")
    connection.set_schema_to_public()
    numbers = [make_run(committed_tenant, n, lane="").pk for n in range(6)]
    claimed = []

    def work(number: int) -> None:
        claimed.append(jobs.runs.claim(number, schema_name="acme"))
        connection.close()

    threads = [threading.Thread(target=work, args=[number]) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(run is not None for run in claimed) == 1
    assert Run.objects.filter(state="running").count() == 1


def test_old_runs_are_forgotten_and_live_ones_are_not(acme):
    make_run(acme, 1, state="done", finished_at=LONG_AGO)
    kept = [
        make_run(acme, 2, state="done", finished_at=timezone.now()).pk,
        make_run(acme, 3, state="queued").pk,
    ]

    assert dispatch.prune() == 1
    assert sorted(Run.objects.values_list("pk", flat=True)) == kept
