"""The registry of background jobs, and the only doors through which work is sent.

Each app lists its jobs in its `jobs.py`, imported by `AppConfig.ready`. A job is a function of the
merchant it runs in: it gets a RunHandle (its parameters, the day, progress, cancellation) and
returns its counts.
"""

import time
import uuid
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django_tenants.utils import schema_context

from tenants import runs
from tenants.execution import in_words, perform
from tenants.job_registry import REGISTRY, Cadence, Job, register
from tenants.models import Run, Tenant
from tenants.progress import Cancelled, Progress, Silence
from tenants.runs import Busy, JobFailed, Later, RunHandle, cancel, finish, lease
from tenants.schema import connection
from tenants.sending import Message, send

__all__ = [
    "REGISTRY",
    "Busy",
    "Cadence",
    "Job",
    "JobFailed",
    "Later",
    "cancel",
    "latest",
    "live",
    "register",
    "replay",
    "run_now",
    "start",
    "wake",
]


def message_for(run: Run, *, schema_name: str) -> Message:
    """Return what is sent to a worker for `run`."""
    job = REGISTRY[run.job]
    return Message(run.pk, schema_name, job.queue, job.platform, job.limits.run_seconds)


def start(
    key: str,
    *,
    params: dict[str, Any] | None = None,
    slot: str = "",
    tenant: Tenant | None = None,
    not_before: datetime | None = None,
) -> Run:
    """Queue a run and send it when the transaction commits; an existing slot returns its run.

    The connection's schema names the merchant; `tenant` names it for a job of the platform. With
    `not_before` the dispatcher sends it, once that moment has come.
    """
    job, params, merchant = REGISTRY[key], params or {}, tenant or merchant_here()
    with schema_context("public"):
        run, is_new = Run.objects.get_or_create(
            tenant=merchant,
            job=key,
            slot=slot or f"asked:{uuid.uuid4().hex}",
            defaults={
                "params": params,
                "lane": job.lane(params),
                "sent_at": None if not_before else timezone.now(),
                "not_before": not_before,
            },
        )
    if is_new and not_before is None:
        message = message_for(run, schema_name=merchant.schema_name)
        transaction.on_commit(lambda: send([message]), robust=True)
    return run


def wake(key: str) -> None:
    """Say that something became stale: after the commit one waiting run is made, unless one waits.

    Made after the commit on purpose: a run made before it could read the facts too early, and two
    long transactions would wait for one another. Give a woken job a cadence as well: it covers a
    process that dies in between.
    """
    job, schema_name = REGISTRY[key], connection.schema_name
    transaction.on_commit(lambda: _queue_wake(job, schema_name=schema_name), robust=True)


def _queue_wake(job: Job, *, schema_name: str) -> None:
    slot = f"wake:{uuid.uuid4().hex}"
    with schema_context("public"):
        tenant = Tenant.objects.get(schema_name=schema_name)
        wish = Run(tenant=tenant, job=job.key, slot=slot, sent_at=timezone.now())
        Run.objects.bulk_create([wish], ignore_conflicts=True)
        run = Run.objects.filter(tenant=tenant, job=job.key, slot=slot).first()
    if run is not None:
        send([message_for(run, schema_name=schema_name)])


def run_now(
    key: str,
    *,
    params: dict[str, Any] | None = None,
    progress: Progress | None = None,
    tenant: Tenant | None = None,
) -> Run:
    """Do the job in this process and return its run; `tenant` is for a job of the platform.

    Raises Busy while another run of its lane is at work, JobFailed, Cancelled, or what stopped it.
    """
    job = REGISTRY[key]
    run = _begin_here(job, params=params or {}, tenant=tenant or merchant_here())
    try:
        counts = _perform_here(job, run, progress=progress or Silence())
    except (Cancelled, KeyboardInterrupt):
        finish(run, state=Run.State.CANCELLED)
        raise
    except JobFailed as error:
        finish(run, state=Run.State.FAILED, error=str(error))
        raise
    except Exception as error:
        finish(run, state=Run.State.FAILED, error=in_words(error, run=run))
        raise
    finish(run, state=Run.State.DONE, counts=counts)
    with schema_context("public"):
        run.refresh_from_db()
    return run


def _perform_here(job: Job, run: Run, *, progress: Progress) -> dict[str, Any]:
    """Do all parts of the work, waiting in between as long as they ask for."""
    while True:
        try:
            return perform(job.run, RunHandle(run, progress=progress), limits=None)
        except Later as later:
            run.counts = later.counts
            if later.at is not None:
                time.sleep(max(0.0, (later.at - timezone.now()).total_seconds()))


def _begin_here(job: Job, *, params: dict[str, Any], tenant: Tenant) -> Run:
    with schema_context("public"):
        try:
            with transaction.atomic():
                run = Run.objects.create(
                    tenant=tenant,
                    job=job.key,
                    slot=f"here:{uuid.uuid4().hex}",
                    lane=job.lane(params),
                    params=params,
                    state=Run.State.RUNNING,
                    attempt=1,
                    started_at=Now(),
                    lease_until=lease(),
                )
        except IntegrityError:
            raise Busy(f"“{job.label}” is at work already. Wait for it, or cancel it.") from None
        return Run.objects.select_related("tenant").get(pk=run.pk)


def replay(run: Run) -> bool:
    """Queue a stopped, failed or cancelled run once more, with three new attempts."""
    if not runs.requeue(run):
        return False
    message = message_for(run, schema_name=run.tenant.schema_name)
    transaction.on_commit(lambda: send([message]), robust=True)
    return True


def latest(key: str) -> Run | None:
    """Return the merchant's newest run of the job."""
    return _first(key, states=Run.State.values)


def live(key: str) -> Run | None:
    """Return the merchant's run of the job that is at work, else the one that waits."""
    return _first(key, states=[Run.State.RUNNING]) or _first(key, states=[Run.State.QUEUED])


def find(key: str, run_id: str) -> Run | None:
    """Return the merchant's run of the job that an address names, if there is one."""
    tenant, number = merchant_here(), int(run_id) if run_id.isdecimal() else 0
    with schema_context("public"):
        return (
            Run.objects.select_related("tenant").filter(tenant=tenant, job=key, pk=number).first()
        )


def _first(key: str, *, states: list[str]) -> Run | None:
    tenant = merchant_here()
    with schema_context("public"):
        found = Run.objects.filter(tenant=tenant, job=key, state__in=states)
        return found.select_related("tenant").first()


def merchant_here() -> Tenant:
    """Return the merchant in whose schema the connection stands."""
    here = connection.tenant
    if isinstance(here, Tenant) and here.pk:
        return here
    with schema_context("public"):
        return Tenant.objects.get(schema_name=here.schema_name)
