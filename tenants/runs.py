"""A run while it is at work: claimed by one worker, held by a lease, finished once.

The row in `public` is the truth. Every write here names the attempt it belongs to, so a worker
that lost its lease can no longer change anything. Moments are the database's.
"""

import datetime as dt
import threading
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django_tenants.utils import schema_context

from tenants.models import Run, TenantJob
from tenants.progress import Cancelled, Progress

MAX_ATTEMPTS = 3
# Seconds before the second and the third attempt: a blip, then an outage.
WAITS = (10, 60)


class JobFailed(Exception):  # noqa: N818 - the word a merchant would use
    """The work cannot be done; the message is for the merchant. It is not tried again."""


class Busy(Exception):  # noqa: N818 - a state
    """Another run of the same job is at work."""


class Later(Exception):  # noqa: N818 - a state
    """What was done stands; the rest is for later. The run waits in the database, in no worker.

    `counts` are kept for the run's next part (`handle.run.counts`). Without `at` it goes on as
    soon as those who wait already have had their turn.
    """

    def __init__(self, *, at: dt.datetime | None = None, counts: dict[str, Any] | None = None):
        super().__init__("the rest is for later")
        self.at, self.counts = at, counts or {}


class LeaseLost(Cancelled):
    """This worker's run was given to another one, which goes on with it."""


class Overdue(Exception):  # noqa: N818 - a state
    """The run took longer than its queue allows."""


class RunHandle:
    """What a job function is given: parameters, the day, cancellation. It is a Progress."""

    def __init__(self, run: Run, *, progress: Progress | None = None) -> None:
        self.run = run
        self._progress = progress
        self._stop: Exception | None = None
        self.is_over = False
        self.lock = threading.Lock()  # between the work's end and the heartbeat's cancellation

    @property
    def params(self) -> dict[str, Any]:
        return self.run.params

    @property
    def is_watched(self) -> bool:
        """Whether somebody waits for this run in its own process."""
        return self._progress is not None

    @property
    def moment(self) -> dt.datetime:
        """When this attempt began, in UTC."""
        if self.run.started_at is None:
            raise RuntimeError("the run has not been claimed")
        return self.run.started_at

    @property
    def today(self) -> dt.date:
        """The merchant's local day on which this attempt began."""
        return self.moment.astimezone(self.run.tenant.zone).date()

    @property
    def stop_reason(self) -> Exception | None:
        """Why the work has to stop, once it has to."""
        return self._stop

    def stop(self, reason: Exception) -> None:
        """Make the next `report` raise `reason`."""
        self._stop = self._stop or reason

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say how far the work is; raise Cancelled, LeaseLost or Overdue when it has to stop."""
        run = self.run
        run.progress_done, run.progress_total, run.progress_note = done, total, note[:200]
        if self._progress is not None:
            self._progress.report(done, total, note)
        if self._stop is not None:
            raise self._stop


def lease() -> Any:
    """Return the moment until which a worker that speaks now holds its run."""
    return Now() + dt.timedelta(seconds=settings.RUN_LEASE_SECONDS)


def mine(run: Run) -> QuerySet[Run]:
    """Return the row of `run` as long as this attempt holds it."""
    return Run.objects.filter(pk=run.pk, state=Run.State.RUNNING, attempt=run.attempt)


def claim(run_id: int, *, schema_name: str | None) -> Run | None:
    """Take a waiting run, count the attempt and return it; None when it is not to be had.

    `schema_name` is the merchant the message named; None for a run of the platform.
    """
    waiting = Run.objects.filter(
        Q(not_before=None) | Q(not_before__lte=Now()),
        pk=run_id,
        state=Run.State.QUEUED,
        attempt__lt=F("forgiven") + MAX_ATTEMPTS,
    )
    if schema_name is not None:
        waiting = waiting.filter(tenant__schema_name=schema_name)
    with schema_context("public"):
        try:
            with transaction.atomic():
                is_taken = waiting.update(
                    state=Run.State.RUNNING,
                    attempt=F("attempt") + 1,
                    started_at=Now(),
                    lease_until=lease(),
                    error="",
                )
        except IntegrityError:  # another run of the lane is at work; its end sends this one
            return None
        return Run.objects.select_related("tenant").get(pk=run_id) if is_taken else None


def finish(run: Run, *, state: str, counts: dict[str, Any] | None = None, error: str = "") -> bool:
    """Write the end of `run`; False when it was no longer this worker's."""
    with schema_context("public"), transaction.atomic():
        is_written = mine(run).update(
            state=state,
            counts=counts or {},
            error=error,
            finished_at=Now(),
            lease_until=None,
            progress_done=run.progress_done,
            progress_total=run.progress_total,
            progress_note=run.progress_note,
        )
        TenantJob.objects.filter(tenant=run.tenant_id, job=run.job).update(last_run_at=Now())
    return bool(is_written)


def failures(run: Run) -> int:
    """Return how many attempts in a row came to nothing, the present one included."""
    return run.attempt - run.forgiven


def put_off(run: Run, *, later: Later) -> None:
    """Queue the rest of `run`'s work; what was done so far was no failed attempt."""
    with schema_context("public"):
        queue_again(
            mine(run),
            not_before=later.at,
            counts=later.counts,
            forgiven=F("attempt"),
            error="",
            progress_done=run.progress_done,
            progress_total=run.progress_total,
            progress_note=run.progress_note,
        )


def try_again(run: Run, *, error: str) -> None:
    """Queue `run` once more after a wait, or stop it at the third attempt."""
    if failures(run) >= MAX_ATTEMPTS:
        finish(run, state=Run.State.QUARANTINED, error=error)
        return
    wait = dt.timedelta(seconds=WAITS[failures(run) - 1])
    with schema_context("public"):
        queue_again(mine(run), error=error, not_before=Now() + wait)


def queue_again(rows: QuerySet[Run], **values: Any) -> bool:
    """Put `rows` (one run) back among the waiting; False when it was not there.

    A woken run whose successor waits already is dropped: the successor does the same work.
    """
    back = {"state": Run.State.QUEUED, "lease_until": None, "sent_at": None, "finished_at": None}
    try:
        with transaction.atomic():
            return bool(rows.update(**back | values))
    except IntegrityError:
        note = "A newer run does this work."
        rows.update(state=Run.State.CANCELLED, finished_at=Now(), lease_until=None, error=note)
        return False


def cancel(run: Run) -> None:
    """Ask for `run` to stop: at once while it waits, at its next step while it works."""
    with schema_context("public"), transaction.atomic():
        is_over = Run.objects.filter(pk=run.pk, state=Run.State.QUEUED).update(
            state=Run.State.CANCELLED, finished_at=Now()
        )
        if not is_over:
            Run.objects.filter(pk=run.pk, state=Run.State.RUNNING).update(cancel_requested=True)


def requeue(run: Run) -> bool:
    """Put a stopped, failed or cancelled run back with three attempts; False when it is none."""
    over = (Run.State.QUARANTINED, Run.State.FAILED, Run.State.CANCELLED)
    with schema_context("public"):
        rows = Run.objects.filter(pk=run.pk, state__in=over)
        return queue_again(
            rows, attempt=0, forgiven=0, cancel_requested=False, not_before=None, error=""
        )


def next_in_lane(run: Run) -> Run | None:
    """Return the run that waited for `run` to end."""
    with schema_context("public"):
        waiting = Run.objects.filter(
            Q(not_before=None) | Q(not_before__lte=Now()),
            tenant=run.tenant_id,
            job=run.job,
            lane=run.lane,
            state=Run.State.QUEUED,
        )
        return waiting.order_by("id").first()
