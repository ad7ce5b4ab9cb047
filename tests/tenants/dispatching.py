"""Rows and queues for the dispatcher's tests."""

import datetime as dt

from django.conf import settings
from redis import Redis

from tenants.models import Run, Tenant, TenantJob

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def empty_queues() -> None:
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.delete("dispatch", "interactive", "sync", "compute", "actions")


def due_row(tenant: Tenant, **values) -> TenantJob:
    defaults = {"job": "shine", "cadence": "hours", "next_run_at": LONG_AGO}
    return TenantJob.objects.create(tenant=tenant, **defaults | values)


def make_run(tenant: Tenant, number: int = 1, **values) -> Run:
    defaults = {"job": "shine", "slot": str(number), "lane": str(number)}
    return Run.objects.create(tenant=tenant, **defaults | values)
