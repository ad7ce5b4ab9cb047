"""Standing still: a suspended merchant's pages, jobs and tasks rest, and everything is kept."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django_tenants.utils import schema_context

from tenants.models import Run, Tenant
from tenants.schedule import reschedule


def suspend(tenant: Tenant, *, reason: str) -> None:
    """Close the merchant's doors and stop its work; raise ValidationError unless it is ready.

    Waiting runs wait until it is resumed.
    """
    with schema_context("public"), transaction.atomic():
        _move(tenant, source=Tenant.State.READY, to=Tenant.State.SUSPENDED, note=reason)
        Run.objects.filter(tenant=tenant, state=Run.State.RUNNING).update(cancel_requested=True)


def resume(tenant: Tenant) -> None:
    """Open the merchant's doors again; what was missed meanwhile is not made up for."""
    with schema_context("public"), transaction.atomic():
        _move(tenant, source=Tenant.State.SUSPENDED, to=Tenant.State.READY, note="")
        reschedule(tenant)


def _move(tenant: Tenant, *, source: str, to: str, note: str) -> None:
    rows = Tenant.objects.filter(pk=tenant.pk, state=source).exclude(schema_name="public")
    if not rows.update(state=to, state_note=note):
        wanted = Tenant.State(source).label.lower()
        raise ValidationError(f"{tenant.name} is not {wanted}. Nothing was changed.")
    tenant.refresh_from_db()
