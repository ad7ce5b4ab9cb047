"""The job that sends a consumer's effects: one consumer a run, page after page, then the next."""

import time
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django_tenants.utils import schema_context

from tenants import effect_sending, effects, jobs
from tenants.access.models import Effect
from tenants.jobs import Job
from tenants.models import Run
from tenants.runs import RunHandle

SEND = "send_effects"
BUSY_SECONDS = 60  # after it, whoever else waits on the queue has a turn
SOON = timedelta(minutes=5)  # later retries are found by the sweep


def lane_of(params: dict[str, Any]) -> str:
    """Let one run at a time send for a consumer."""
    return str(params.get("consumer", ""))


def run_send(handle: RunHandle) -> dict[str, Any]:
    """Send what is due for one consumer, and see that the rest is sent too."""
    consumer, began = str(handle.params["consumer"]), time.monotonic()
    total = effect_sending.Sent()
    is_over = False
    while not is_over and time.monotonic() - began < BUSY_SECONDS:
        page = effect_sending.send_page(consumer, at=timezone.now())
        is_over = not page.taken
        total.done, total.failed = total.done + page.done, total.failed + page.failed
        total.left_out += page.left_out
        handle.report(total.done, None, f"{total.done:,} sent")
    plan_next(consumer, at=timezone.now())
    return {"sent": total.done, "failed": total.failed, "left_out": total.left_out}


def plan_next(consumer: str, *, at: datetime) -> Run | None:
    """Start the run that sends what is left, now or when it may be sent; None: nothing soon."""
    moment = next_moment(consumer, at=at)
    if moment is None or moment > at + SOON or _waits(consumer, by=moment):
        return None
    params = {"consumer": consumer}
    if moment <= at:
        return jobs.start(SEND, params=params, slot=f"{consumer}:{uuid.uuid4().hex}")
    return jobs.start(SEND, params=params, slot=f"{consumer}:{uuid.uuid4().hex}", not_before=moment)


def next_moment(consumer: str, *, at: datetime) -> datetime | None:
    """Return when something of this consumer is to be sent next, if anything is."""
    delivery = effects.delivery_of(consumer)
    open_rows = Effect.objects.filter(consumer=consumer, state__in=["waiting", "sending"])
    if delivery is None or not open_rows.exists():
        return None
    held = effect_sending.held_until(consumer, delivery, at=at)
    if effects.due(at=at).filter(consumer=consumer).exists():
        return held or at
    later = [
        *open_rows.filter(state="waiting").order_by("not_before").values_list("not_before")[:1]
    ]
    later += [
        *open_rows.filter(state="sending").order_by("lease_until").values_list("lease_until")[:1]
    ]
    first = min((moment for (moment,) in later if moment), default=None)
    return max(first, held) if first and held else first


def sweep(*, at: datetime) -> int:
    """Start a run for every consumer with something to send; return how many."""
    rows = effects.due(at=at).order_by().values_list("consumer", flat=True).distinct()
    return sum(plan_next(consumer, at=at) is not None for consumer in rows)


def _waits(consumer: str, *, by: datetime) -> bool:
    """Say whether a run that begins by then is queued already."""
    tenant = jobs.merchant_here()
    in_time = Q(not_before=None) | Q(not_before__lte=by)
    with schema_context("public"):
        rows = Run.objects.filter(tenant=tenant, job=SEND, lane=consumer, state=Run.State.QUEUED)
        return rows.filter(in_time).exists()


jobs.register(
    Job(
        key=SEND,
        label="Send what triggers do",
        run=run_send,
        queue="actions",
        lane=lane_of,
        needs_params=True,
        help="Webhooks, mails, tags and tasks that triggers asked for.",
    )
)
