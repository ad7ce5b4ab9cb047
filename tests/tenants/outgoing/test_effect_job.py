"""The job that sends: one consumer a run, and the run after it when something is left."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django_tenants.utils import schema_context

from tenants import effect_job, effects, jobs
from tenants.access.models import Effect
from tenants.effect_job import SEND, plan_next, sweep
from tenants.models import Run
from tests.tenants.outgoing.conftest import add, states

ONE = "probe:1"


def queued() -> list[tuple[str, datetime | None]]:
    with schema_context("public"):
        rows = Run.objects.filter(job=SEND, state="queued").order_by("pk")
        return list(rows.values_list("lane", "not_before"))


def test_a_run_sends_page_after_page(probe):
    add(*(f"e{number}" for number in range(25)))

    run = jobs.run_now(SEND, params={"consumer": ONE})

    assert run.counts == {"sent": 25, "failed": 0, "left_out": 0}
    assert queued() == []


def test_what_is_to_be_tried_again_soon_gets_a_run_of_its_own(probe):
    add("a")
    probe.answers["a"] = effects.again("Down.")

    jobs.run_now(SEND, params={"consumer": ONE})

    ((lane, not_before),) = queued()
    assert (lane, not_before) == (ONE, Effect.objects.get().not_before)


def test_a_run_that_waits_for_later_does_not_hold_up_what_is_due(probe):
    now = timezone.now()
    add("later", not_before=now + timedelta(minutes=4))
    plan_next(ONE, at=now)
    add("now")

    plan_next(ONE, at=now)
    plan_next(ONE, at=now)

    assert [not_before is None for _, not_before in queued()] == [False, True]


def test_a_sweep_starts_one_run_for_each_consumer_with_something_due(probe):
    now = datetime.now(UTC)
    add("a", "b")
    add("a", consumer="probe:2")
    add("late", consumer="probe:3", not_before=now + timedelta(hours=3))
    add("over", consumer="probe:4", state="done")

    assert sweep(at=now) == 2
    assert sorted(lane for lane, _ in queued()) == ["probe:1", "probe:2"]


def test_nothing_is_started_for_a_target_that_stands_paused(probe):
    add("a")
    probe.answers["a"] = effects.broken("Gone (410).")
    jobs.run_now(SEND, params={"consumer": ONE})

    assert sweep(at=timezone.now() + timedelta(hours=1)) == 0
    assert (queued(), states()) == ([], {"a": "waiting"})


def test_consumers_have_lanes_of_their_own():
    assert effect_job.lane_of({"consumer": "trigger:1"}) == "trigger:1"
