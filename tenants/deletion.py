"""Removing a merchant for ever: never by accident, and then without a trace."""

import shutil
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django_tenants.utils import schema_context
from psycopg import sql
from redis import Redis

from tenants import jobs
from tenants.events import DELETED
from tenants.jobs import Job, JobFailed
from tenants.models import Run, Tenant
from tenants.provisioning import files_of
from tenants.runs import RunHandle
from tenants.schema import connection
from tenants.slugs import SLUG

# A merchant that is served is suspended first; one whose set-up failed never was.
DELETABLE = (Tenant.State.SUSPENDED, Tenant.State.FAILED)


def request_deletion(tenant: Tenant, *, typed_slug: str) -> Run:
    """Begin to delete the merchant; raise ValidationError with what stands against it."""
    with schema_context("public"), transaction.atomic():
        tenant = Tenant.objects.select_for_update().get(pk=tenant.pk)
        check_deletable(tenant, typed_slug=typed_slug)
        Run.objects.filter(tenant=tenant, state=Run.State.QUEUED).update(
            state=Run.State.CANCELLED, finished_at=Now()
        )
        tenant.state, tenant.state_note = Tenant.State.DELETING, ""
        tenant.save(update_fields=["state", "state_note"])
        return jobs.start("delete_merchant", tenant=tenant)


def check_deletable(tenant: Tenant, *, typed_slug: str) -> None:
    """Raise ValidationError unless the merchant may be deleted now by somebody who means it."""
    if tenant.schema_name == "public" or tenant.state not in DELETABLE:
        raise ValidationError(f"Suspend {tenant.name} first. Only then can it be deleted.")
    if typed_slug != tenant.schema_name:
        raise ValidationError(f"Type the slug “{tenant.schema_name}” exactly to confirm.")
    live = Run.objects.filter(tenant=tenant, state=Run.State.RUNNING).count()
    if live:
        raise ValidationError(f"{live} of its runs are still at work. Wait until they have ended.")


def delete_merchant(handle: RunHandle) -> dict[str, Any]:
    """Delete everything of the run's merchant, the run included; every step may be repeated."""
    tenant = handle.run.tenant
    _refuse_unless_meant(tenant, handle.run)
    steps = len(DELETED) + 2
    for number, event in enumerate(DELETED):
        handle.report(number, steps, event.label)
        event.run(tenant)
    handle.report(steps - 2, steps, "Deleting files")
    delete_files(tenant)
    handle.report(steps - 1, steps, "Deleting the schema")
    drop(tenant)
    forget_cached(tenant.schema_name)
    return {}


def _refuse_unless_meant(tenant: Tenant, run: Run) -> None:
    at_work = Run.objects.filter(tenant=tenant, state=Run.State.RUNNING).exclude(pk=run.pk)
    if tenant.state != Tenant.State.DELETING or not SLUG.fullmatch(tenant.schema_name):
        raise JobFailed(f"{tenant.name} is not to be deleted.")
    if at_work.exists():
        raise JobFailed("A run of this merchant is still at work.")


def drop(tenant: Tenant) -> None:
    """Drop the schema and every row about the merchant in `public`, in one transaction."""
    name = sql.Identifier(tenant.schema_name)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(name))
        Tenant.objects.get(pk=tenant.pk).delete()


def delete_files(tenant: Tenant) -> None:
    """Remove the merchant's folder, if there is one."""
    folder = files_of(tenant)
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def forget_cached(schema_name: str) -> None:
    """Remove the merchant's keys from the cache, which begin with its schema."""
    location = settings.CACHES["default"]["LOCATION"]
    with Redis.from_url(location, socket_timeout=10) as redis:
        for key in redis.scan_iter(match=f"{schema_name}:*", count=1_000):
            redis.delete(key)


jobs.register(
    Job(
        key="delete_merchant",
        label="Delete a merchant",
        run=delete_merchant,
        queue="interactive",
        run_seconds=600,
        platform=True,
        help="Removes files, cached values, the schema and every row about the merchant.",
    )
)
