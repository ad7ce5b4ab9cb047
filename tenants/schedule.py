"""A merchant's rows of periodic work: made from the registry's defaults, edited by the merchant."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.utils import timezone
from django_tenants.utils import schema_context

from tenants.cadence import next_after
from tenants.jobs import REGISTRY, Job
from tenants.models import ExternalAccount, Tenant, TenantJob


def merchant_jobs() -> list[Job]:
    """Return the jobs that merchants have, in their order."""
    return [job for job in REGISTRY if not job.platform]


def ensure_rows(tenant: Tenant) -> None:
    """Make the rows `tenant` lacks; what stands already is the merchant's own choice."""
    with schema_context("public"):
        there = set(TenantJob.objects.filter(tenant=tenant).values_list("job", flat=True))
        lacking = [job for job in merchant_jobs() if job.key not in there]
        accounts = _accounts(tenant) if lacking else set()
        missing = [_default_row(job, tenant, accounts=accounts) for job in lacking]
        TenantJob.objects.bulk_create(missing, ignore_conflicts=True)


def ensure_all() -> int:
    """Make the rows of jobs that came with an upgrade; return how many merchants lacked some."""
    keys = [job.key for job in merchant_jobs()]
    with schema_context("public"):
        known = Count("jobs", filter=Q(jobs__job__in=keys))
        ready = Tenant.objects.filter(state=Tenant.State.READY).exclude(schema_name="public")
        lacking = list(ready.annotate(known=known).filter(known__lt=len(keys)))
    for tenant in lacking:
        ensure_rows(tenant)
    return len(lacking)


def reschedule(tenant: Tenant) -> None:
    """Compute every next moment anew: after a change of zone, or a suspension."""
    now = timezone.now()
    with schema_context("public"):
        rows, accounts = list(TenantJob.objects.filter(tenant=tenant)), _accounts(tenant)
        for row in rows:
            row.next_run_at = _next(row, now, zone=tenant.zone, accounts=accounts)
        TenantJob.objects.bulk_update(rows, ["next_run_at"])


def reschedule_account(tenant: Tenant, *, provider: str) -> None:
    """Compute anew when the work of a platform is due: its account was connected, or left."""
    ensure_rows(tenant)
    now = timezone.now()
    keys = [job.key for job in merchant_jobs() if job.account == provider]
    with schema_context("public"):
        rows, accounts = TenantJob.objects.filter(tenant=tenant, job__in=keys), _accounts(tenant)
        for row in rows:
            row.next_run_at = _next(row, now, zone=tenant.zone, accounts=accounts)
            row.save(update_fields=["next_run_at"])


def set_cadence(row: TenantJob, *, cadence: str, every: int, at: dt.time | None, day: int) -> None:
    """Write the merchant's choice and when it is due next."""
    row.cadence, row.every, row.at, row.day = cadence, every, at, day
    with schema_context("public"):
        row.next_run_at = _next(
            row, timezone.now(), zone=row.tenant.zone, accounts=_accounts(row.tenant)
        )
        row.save(update_fields=["cadence", "every", "at", "day", "next_run_at"])


def _accounts(tenant: Tenant) -> set[str]:
    """Return the platforms at which the merchant has a live account."""
    live = ExternalAccount.objects.filter(tenant=tenant, is_live=True)
    return set(live.values_list("provider", flat=True))


def _next(
    row: TenantJob, after: dt.datetime, *, zone: ZoneInfo, accounts: set[str]
) -> dt.datetime | None:
    """Return when `row` is due next; never, while it has no account to work with."""
    job = REGISTRY.get(row.job)
    if job is not None and job.account and job.account not in accounts:
        return None
    return next_after(row, after, zone=zone)


def _default_row(job: Job, tenant: Tenant, *, accounts: set[str]) -> TenantJob:
    row = TenantJob(
        tenant=tenant, job=job.key, cadence=job.cadence, every=job.every, at=job.at, day=job.day
    )
    row.next_run_at = _next(row, timezone.now(), zone=tenant.zone, accounts=accounts)
    return row
