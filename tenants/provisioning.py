"""Making a merchant: its row and host at once, its schema in a run that may be repeated."""

import logging
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.validators import RegexValidator
from django.db import transaction
from django_tenants.utils import schema_context, schema_exists, tenant_context
from psycopg import sql

from tenants import blueprint, jobs
from tenants.events import CREATED
from tenants.jobs import Job
from tenants.models import Domain, Run, Tenant
from tenants.progress import Cancelled, Progress
from tenants.runs import RunHandle
from tenants.schedule import ensure_rows
from tenants.schema import connection
from tenants.versions import current_version

logger = logging.getLogger(__name__)

CURRENCY = RegexValidator(r"\A[A-Z]{3}\Z", "Use the three letters of a currency, such as EUR.")


def request_merchant(
    *,
    slug: str,
    name: str,
    timezone: str = "UTC",
    currency: str = "USD",
    industry: str = Tenant.Industry.ECOMMERCE,
    owner_email: str = "",
) -> Tenant:
    """Write the merchant's row and host and start its set-up; raise ValidationError by field."""
    with schema_context("public"), transaction.atomic():
        tenant = _add_rows(slug, name, timezone, currency, industry, owner_email)
        jobs.start("provision", tenant=tenant, slot="set-up")
    return tenant


def create_merchant(
    *,
    slug: str,
    name: str,
    timezone: str = "UTC",
    currency: str = "USD",
    industry: str = Tenant.Industry.ECOMMERCE,
    owner_email: str = "",
    progress: Progress | None = None,
) -> tuple[Tenant, dict[str, Any]]:
    """Make a merchant in this process; return it and what its set-up hands over, once.

    Raises ValidationError by field, and whatever stopped the set-up, which can be tried again.
    """
    with schema_context("public"):
        with transaction.atomic():
            tenant = _add_rows(slug, name, timezone, currency, industry, owner_email)
        run = jobs.run_now("provision", tenant=tenant, progress=progress)
        tenant.refresh_from_db()
    return tenant, _HANDED_OVER.pop(run.pk, {})


def retry(tenant: Tenant) -> Run:
    """Begin the set-up of a merchant that failed once more."""
    if tenant.state not in (Tenant.State.FAILED, Tenant.State.PROVISIONING):
        raise ValidationError(f"{tenant.name} is set up already.")
    with schema_context("public"):
        alive = Run.objects.filter(
            tenant=tenant, job="provision", state__in=[Run.State.QUEUED, Run.State.RUNNING]
        ).first()
        if alive is not None:
            return alive
        _move(tenant, to=Tenant.State.PROVISIONING)
        return jobs.start("provision", tenant=tenant)


def base_host(slug: str) -> str:
    """Return the host a merchant answers on from the start."""
    return f"{slug}.{settings.BASE_DOMAIN}".lower()


def _add_rows(
    slug: str, name: str, timezone: str, currency: str, industry: str, owner_email: str
) -> Tenant:
    tenant = Tenant(
        schema_name=slug,
        name=name,
        timezone=timezone,
        currency=currency,
        industry=industry,
        owner_email=owner_email,
    )
    check_new(tenant)
    tenant.save()
    Domain.objects.create(domain=base_host(slug), tenant=tenant, is_primary=True)
    return tenant


def check_new(tenant: Tenant) -> None:
    """Raise ValidationError by field unless `tenant` may be made."""
    tenant.full_clean()
    CURRENCY(tenant.currency)
    if tenant.timezone not in available_timezones():
        raise ValidationError({"timezone": "Choose a time zone such as Europe/London."})
    if schema_exists(tenant.schema_name):
        raise ValidationError({"schema_name": "The database already has a schema of this name."})
    if Domain.objects.filter(domain=base_host(tenant.schema_name)).exists():
        raise ValidationError({"schema_name": "Another merchant answers on this host."})


# What a set-up in this process hands over (an invitation's link); a link is kept nowhere else.
_HANDED_OVER: dict[int, dict[str, Any]] = {}


def provision(handle: RunHandle) -> dict[str, Any]:
    """Bring the merchant of the run from its row to ready; every step may be repeated."""
    tenant = handle.run.tenant
    _move(tenant, to=Tenant.State.PROVISIONING)
    try:
        handover = _set_up(tenant, handle)
    except Cancelled:
        _move(tenant, to=Tenant.State.FAILED, note="The set-up was cancelled.")
        raise
    except Exception as error:
        words = f"The set-up stopped ({type(error).__name__}); it can be tried again."
        _move(tenant, to=Tenant.State.FAILED, note=words)
        raise
    if handle.is_watched:
        _HANDED_OVER[handle.run.pk] = handover
    _move(tenant, to=Tenant.State.READY, owner_email="")
    return {}


def _set_up(tenant: Tenant, handle: RunHandle) -> dict[str, Any]:
    steps = len(CREATED) + 3
    handle.report(0, steps, "Making the schema")
    with connection.cursor() as cursor:
        name = sql.Identifier(tenant.schema_name)
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
    handle.report(1, steps, "Making the tables")
    if not blueprint.lay(tenant.schema_name):
        slug = tenant.schema_name
        call_command("migrate_schemas", schema_name=slug, interactive=False, verbosity=0)
    connection.set_schema_to_public()
    _move(tenant, to=Tenant.State.PROVISIONING, migrated_to=current_version())
    handle.report(2, steps, "Making folders and schedules")
    files_of(tenant).mkdir(parents=True, exist_ok=True)
    ensure_rows(tenant)
    handover: dict[str, Any] = {}
    for number, event in enumerate(CREATED, start=3):
        handle.report(number, steps, event.label)
        with tenant_context(tenant):
            handover |= event.run(tenant) or {}
    return handover


def files_of(tenant: Tenant) -> Path:
    """Return the folder that holds the merchant's uploads and exports."""
    return Path(settings.FILES_ROOT) / tenant.schema_name


def _move(tenant: Tenant, *, to: str, note: str = "", **values: Any) -> None:
    for field, value in ({"state": to, "state_note": note} | values).items():
        setattr(tenant, field, value)
    tenant.save(update_fields=["state", "state_note", *values])


jobs.register(
    Job(
        key="provision",
        label="Set up a merchant",
        run=provision,
        queue="interactive",
        run_seconds=600,
        platform=True,
        help="Makes the schema, its tables, folders, schedules and the first owner's invitation.",
    )
)
