"""How long this floor keeps its records, and the weekly job that deletes what is older."""

from datetime import datetime, time

from auditlog.models import LogEntry
from django.db.models import Q

from tenants import jobs, retention
from tenants.access.models import Invitation
from tenants.jobs import Cadence, Job


def _delete_audit(before: datetime) -> int:
    return retention.delete_rows(LogEntry.objects.filter(timestamp__lt=before))


def _delete_invitations(before: datetime) -> int:
    over = Q(accepted_at__lt=before) | Q(withdrawn_at__lt=before) | Q(expires_at__lt=before)
    return retention.delete_rows(Invitation.objects.filter(over))


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
