"""How long this floor keeps its records, and the weekly job that deletes what is older."""

from datetime import datetime, time

from auditlog.models import LogEntry
from django.db.models import Q

from tenants import jobs, retention
from tenants.access.models import Effect, Invitation, Mail
from tenants.jobs import Cadence, Job


def _delete_audit(before: datetime) -> int:
    return retention.delete_rows(LogEntry.objects.filter(timestamp__lt=before))


def _delete_invitations(before: datetime) -> int:
    over = Q(accepted_at__lt=before) | Q(withdrawn_at__lt=before) | Q(expires_at__lt=before)
    letters = Mail.objects.filter(ended_at__lt=before)  # an invitation takes its own along
    return retention.delete_rows(Invitation.objects.filter(over)) + retention.delete_rows(letters)


def _delete_effects(before: datetime) -> int:
    """What waits stays. A trigger that acts once per customer may act again after this."""
    over = Effect.objects.filter(state__in=[Effect.State.DONE, Effect.State.SKIPPED])
    failed = Effect.objects.filter(state=Effect.State.FAILED)
    return retention.delete_rows(over.filter(finished_at__lt=before)) + retention.delete_rows(
        failed.filter(finished_at__lt=before)
    )


retention.register(
    retention.Kept(
        key="effects",
        label="What triggers did",
        days=400,
        least=35,
        help="Deliveries with their state. “Once per customer” looks no further back.",
        delete=_delete_effects,
    )
)
retention.register(
    retention.Kept(
        key="audit",
        label="Audit",
        days=730,
        least=90,
        help="Who changed, exported and looked at what.",
        delete=_delete_audit,
    )
)
retention.register(
    retention.Kept(
        key="invitations",
        label="Invitations that are over",
        days=180,
        least=7,
        help="Addresses that were invited to the team.",
        delete=_delete_invitations,
    )
)
jobs.register(
    Job(
        key="retention",
        label="Delete what is no longer kept",
        run=retention.delete_old,
        cadence=Cadence.WEEKLY,
        at=time(4, 0),
        day=7,
        help="Ledgers, logs and uploads older than the merchant keeps them.",
    )
)
