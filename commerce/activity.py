"""The meaning of events changed, or counted for the first time: everybody's activity again."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from commerce import stale
from commerce.event_roles import ACTIVITY, DEFAULTS, Role
from commerce.models import CustomerActivity, Event, EventName, EventRole
from commerce.rollups import refresh_activity
from commerce.rollups.customers import EVERYBODY
from tenants import audit, jobs
from tenants.models import Tenant
from tenants.schema import connection

COUNT = "count_activity"  # the job


def set_roles(roles: Mapping[str, str], *, by: audit.Actor) -> None:
    """Say what events mean here, and have everybody's activity counted. Raise ValueError."""
    for name, role in roles.items():
        if role not in Role.values:
            raise ValueError(f"“{role}” is nothing that an event can mean.")
        if not name or len(name) > 64:
            raise ValueError("The name of an event has 1 to 64 characters.")
    with transaction.atomic():
        for name, role in roles.items():
            if DEFAULTS.get(name, Role.ACTION) == role:
                EventRole.objects.filter(name=name).delete()
            else:
                EventRole.objects.update_or_create(name=name, defaults={"role": role})
        audit.record(by, "event_roles", EventRole, **roles)
        jobs.start(COUNT)


def count_everybody(*, at: datetime) -> int:
    """Count all activity again, in one transaction; return how many customers changed."""
    day = at.astimezone(connection.tenant.zone).date()
    with transaction.atomic(), connection.cursor() as cursor:
        changed = refresh_activity(cursor, EVERYBODY, on=day)
        if changed:
            stale.mark_all(cursor, facts=ACTIVITY, cause="order_policy")
    return changed


def count_first(tenant: Tenant) -> None:
    """After an upgrade: count the activity of a merchant whose events came before there was any."""
    passive = [name for name, role in DEFAULTS.items() if role == Role.PASSIVE]
    has_uses = EventName.objects.exclude(name__in=passive).exists() and Event.objects.exists()
    if has_uses and not CustomerActivity.objects.exists():
        count_everybody(at=timezone.now())
