"""Saving a merchant's settings: the one row of `public` that a merchant's own page may change."""

from typing import Any

from django.db import transaction
from django_tenants.utils import schema_context

from tenants import audit, impacts
from tenants.audit import Actor
from tenants.models import Tenant

FIELDS = ("name", "industry", "brand_color", "timezone", "currency", "places")


def save_settings(
    tenant: Tenant, *, values: dict[str, Any], places: list[dict[str, Any]], by: Actor
) -> None:
    """Write what changed, the audit row, and start the rebuilds a new zone or currency needs."""
    new = {name: value for name, value in values.items() if name in FIELDS} | {"places": places}
    changed = {name: new[name] for name in new if new[name] != getattr(tenant, name)}
    if not changed:
        return
    change = impacts.Change(
        timezone=(tenant.timezone, new.get("timezone", tenant.timezone)),
        currency=(tenant.currency, new.get("currency", tenant.currency)),
    )
    with transaction.atomic():
        with schema_context("public"):
            Tenant.objects.filter(pk=tenant.pk).update(**changed)
        audit.record(by, "settings", tenant.name, **_told(tenant, changed))
        for name, value in changed.items():
            setattr(tenant, name, value)
        impacts.apply(change)


def _told(tenant: Tenant, changed: dict[str, Any]) -> dict[str, str]:
    facts = {
        name: f"{getattr(tenant, name)} → {value}"
        for name, value in changed.items()
        if name != "places"
    }
    if "places" in changed:
        facts["places"] = f"{len(tenant.places)} → {len(changed['places'])}"
    return facts
