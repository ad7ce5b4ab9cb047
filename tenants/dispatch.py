"""The dispatcher: what is due becomes a run, what got lost is sent again, what died is taken back.

Rung every 30 seconds by beat's single entry. Two at once are harmless: rows are claimed with
SKIP LOCKED.
"""

import datetime as dt
from collections import Counter

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from tenants.cadence import next_after
from tenants.jobs import REGISTRY, message_for
from tenants.models import Pulse, Run, Tenant, TenantJob
from tenants.queues import QUEUES
from tenants.runs import MAX_ATTEMPTS, failures, queue_again
from tenants.schedule import ensure_all
from tenants.sending import backlog, send
from tenants.versions import current_version

LOST_AFTER = dt.timedelta(seconds=20)  # with an empty queue, a message this old is lost
DOUBTFUL_AFTER = dt.timedelta(minutes=10)  # with a full one it may only be waiting
RUNS_KEPT = dt.timedelta(days=60)  # what a page can look back on
REAPED_A_MINUTE = 5  # runs of one merchant: a poisoned one must not fill the queues


def tick(*, limit: int = 500) -> dict[str, int]:
    """Do one round in `public`; return how many runs were made, sent again and taken back."""
    ensure_all()
    counts = {"due": make_due(limit=limit), "reaped": reap(limit=limit)}
    seen("reaper")
    counts["sent"] = resend(limit=limit)
    counts["pruned"] = prune(limit=limit)
    seen("dispatcher")
    return counts


def make_due(*, limit: int = 500) -> int:
    """Insert a run for each job that is due and advance its moment, in one transaction a page."""
    total = 0
    while True:
        with transaction.atomic():
            rows = list(_due_rows()[:limit])
            runs = [run for row in rows if (run := _advance(row)) is not None]
            TenantJob.objects.bulk_update(rows, ["next_run_at"])
            Run.objects.bulk_create(runs, ignore_conflicts=True)
        total += len(runs)
        if len(rows) < limit:
            return total


def _due_rows() -> QuerySet[TenantJob]:
    waits = Run.objects.filter(
        tenant=OuterRef("tenant"), job=OuterRef("job"), state=Run.State.QUEUED, lane=""
    )
    return (
        TenantJob.objects.filter(
            next_run_at__lte=Now(),
            job__in=[job.key for job in REGISTRY],
            tenant__state=Tenant.State.READY,
            tenant__migrated_to=current_version(),
        )
        .annotate(has_waiting=Exists(waits))
        .select_related("tenant")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_run_at")
    )


def _advance(row: TenantJob) -> Run | None:
    """Move `row` to its next moment; return the run of this one, unless one waits already."""
    due, now = row.next_run_at, timezone.now()
    row.next_run_at = next_after(row, now, zone=row.tenant.zone)
    if due is None or getattr(row, "has_waiting", False):
        return None
    slot = f"due:{due.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    return Run(tenant=row.tenant, job=row.job, slot=slot, lane=REGISTRY[row.job].lane({}))


def resend(*, limit: int = 500) -> int:
    """Send waiting runs that have no message: never sent, or lost with the broker's memory."""
    waiting = backlog(QUEUES)
    if waiting is None:
        return 0
    idle = [job.key for job in REGISTRY if not waiting[job.queue]]
    lost = Q(job__in=idle, sent_at__lt=Now() - LOST_AFTER)
    lost |= Q(sent_at=None) | Q(sent_at__lt=Now() - DOUBTFUL_AFTER)
    with transaction.atomic():
        found = sendable().filter(lost).select_for_update(skip_locked=True, of=("self",))
        runs = list(found.select_related("tenant").order_by("id")[:limit])
        Run.objects.filter(pk__in=[run.pk for run in runs]).update(sent_at=Now())
    send(message_for(run, schema_name=run.tenant.schema_name) for run in runs)
    return len(runs)


def sendable() -> QuerySet[Run]:
    """Return the waiting runs that a worker could begin now."""
    platform = [job.key for job in REGISTRY if job.platform]
    at_work = Run.objects.filter(
        tenant=OuterRef("tenant"),
        job=OuterRef("job"),
        lane=OuterRef("lane"),
        state=Run.State.RUNNING,
    )
    open_for_work = Q(tenant__state=Tenant.State.READY, tenant__migrated_to=current_version())
    return Run.objects.filter(
        open_for_work | Q(job__in=platform),
        Q(not_before=None) | Q(not_before__lte=Now()),
        ~Exists(at_work),
        state=Run.State.QUEUED,
        job__in=[job.key for job in REGISTRY],
    )


def reap(*, limit: int = 500) -> int:
    """Take back runs whose lease ran out: queued again, or stopped at the third attempt."""
    with transaction.atomic():
        dead = Run.objects.filter(state=Run.State.RUNNING, lease_until__lt=Now())
        locked = dead.select_for_update(skip_locked=True, of=("self",))
        runs = list(locked.order_by("lease_until")[:limit])
        budget = _reaped_lately({run.tenant_id for run in runs})
        taken = 0
        for run in runs:
            if budget[run.tenant_id] >= REAPED_A_MINUTE:
                continue
            budget[run.tenant_id] += 1
            taken += 1
            _take_back(run)
    return taken


def _reaped_lately(tenant_ids: set[int]) -> Counter[int]:
    lately = Run.objects.filter(
        tenant__in=tenant_ids, reaped_at__gt=Now() - dt.timedelta(minutes=1)
    )
    return Counter(lately.values_list("tenant", flat=True))


def _take_back(run: Run) -> None:
    row = Run.objects.filter(pk=run.pk)
    over = {"finished_at": Now(), "lease_until": None, "reaped_at": Now()}
    if run.cancel_requested:
        row.update(state=Run.State.CANCELLED, **over)
    elif failures(run) >= MAX_ATTEMPTS:
        words = "The work was interrupted three times, so it was stopped."
        row.update(state=Run.State.QUARANTINED, error=words, **over)
    else:
        queue_again(row, reaped_at=Now(), error="The work was interrupted and goes on by itself.")


def prune(*, limit: int = 500) -> int:
    """Delete the oldest runs that ended long ago; a look at `limit` rows is all a tick costs."""
    oldest = list(Run.objects.order_by("pk").values_list("pk", flat=True)[:limit])
    long_ago = Run.objects.filter(pk__in=oldest, finished_at__lt=Now() - RUNS_KEPT)
    return long_ago.exclude(state__in=[Run.State.QUEUED, Run.State.RUNNING]).delete()[0]


def seen(key: str) -> None:
    """Note that a part of the machinery is at work."""
    Pulse.objects.update_or_create(key=key, defaults={"seen_at": Now()})
