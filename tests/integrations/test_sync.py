"""What becomes of the three errors: a wait in the database, a mark, a refusal in words."""

from datetime import UTC, datetime, timedelta

import pytest

from integrations.errors import ReconnectNeeded, Refused, TryLater
from integrations.sync import MOST_TRIES, follow
from tenants import jobs
from tenants.execution import settle
from tenants.job_registry import REGISTRY, Job
from tenants.models import Run
from tenants.queues import LIMITS
from tenants.runs import JobFailed, Later, RunHandle, claim


class Store:
    """A connection that notes how it is marked."""

    def __init__(self):
        self.marks = []

    def reconnect_needed(self, words, *, at):
        self.marks.append(words)


@pytest.fixture
def job(monkeypatch):
    """Register a job for the length of a test; `job.work` is what it does."""

    class Doing:
        work = None

    doing = Doing()
    entry = Job("test-sync", "Test", lambda handle: doing.work(handle), queue="sync")
    monkeypatch.setitem(REGISTRY._entries, entry.key, entry)
    return doing


def execute() -> Run:
    """Do the waiting run once, as a worker would, and return its row."""
    with jobs.schema_context("public"):
        row = Run.objects.get(job="test-sync")
        Run.objects.filter(pk=row.pk).update(not_before=None)
    run = claim(row.pk, schema_name="acme")
    assert run is not None
    entry = REGISTRY["test-sync"]
    settle(entry.run, RunHandle(run), limits=LIMITS["sync"])
    with jobs.schema_context("public"):
        return Run.objects.get(pk=row.pk)


def follow_with(job, error, store=None):
    def work(handle):
        def part(counts):
            raise error

        return follow(handle, part, connection=store or Store())

    job.work = work


def test_a_wait_is_in_the_database_and_no_failure(tenant, job):
    follow_with(job, TryLater("Busy.", seconds=120))
    jobs.start("test-sync")

    run = execute()

    soon = datetime.now(UTC) + timedelta(seconds=120)
    assert (run.state, run.attempt, run.forgiven, run.error) == ("queued", 1, 1, "")
    assert abs((run.not_before - soon).total_seconds()) < 20
    assert run.progress_note == "Waiting: Busy."


def test_waits_grow_and_end_in_words(tenant, job):
    follow_with(job, TryLater("Shopify is out of order."))
    jobs.start("test-sync")
    waits = []
    for _ in range(MOST_TRIES - 1):
        before = datetime.now(UTC)
        run = execute()
        assert run.state == "queued"
        waits.append((run.not_before - before).total_seconds())

    run = execute()

    assert (run.state, "It was tried 8 times" in run.error) == ("failed", True)
    assert waits[-1] > 10 * waits[0]


def test_progress_begins_the_tries_anew(tenant, job):
    def work(handle):
        def part(counts):
            counts["pages"] = counts.get("pages", 0) + 1
            if counts["pages"] < 12:
                raise TryLater("Slow.", seconds=0)
            return counts

        return follow(handle, part, connection=Store())

    job.work = work
    jobs.start("test-sync")
    for _ in range(12):
        run = execute()

    assert (run.state, run.counts) == ("done", {"pages": 12})


def test_a_turn_that_is_over_keeps_its_counts(tenant, job):
    def work(handle):
        def part(counts):
            counts["pages"] = counts.get("pages", 0) + 1
            if counts["pages"] == 1:
                raise Later
            return counts

        return follow(handle, part, connection=Store())

    job.work = work
    jobs.start("test-sync")

    first, second = execute(), execute()

    assert (first.state, first.not_before, first.counts) == ("queued", None, {"pages": 1})
    assert (second.state, second.counts) == ("done", {"pages": 2})


def test_only_attempts_that_come_to_nothing_are_counted(tenant, job):
    calls = []

    def work(handle):
        calls.append(1)
        if len(calls) < 5:
            raise Later
        raise RuntimeError

    job.work = work
    jobs.start("test-sync")
    states = [execute().state for _ in range(7)]

    assert states == ["queued"] * 6 + ["quarantined"]


def test_who_is_shut_out_is_marked_once_and_the_run_ends(tenant, job):
    store = Store()
    follow_with(job, ReconnectNeeded("The store is locked."), store)
    jobs.start("test-sync")

    run = execute()

    assert (run.state, run.error, store.marks) == (
        "failed", "The store is locked.", ["The store is locked."],
    )  # fmt: skip


def test_a_refusal_is_said_and_marks_nothing(tenant, job):
    store = Store()
    follow_with(job, Refused("Shopify will not."), store)
    jobs.start("test-sync")

    assert (execute().error, store.marks) == ("Shopify will not.", [])


def test_a_command_waits_itself(tenant, job):
    follow_with(job, TryLater("Busy.", seconds=0))

    with pytest.raises(JobFailed, match="tried 8 times"):
        jobs.run_now("test-sync")
