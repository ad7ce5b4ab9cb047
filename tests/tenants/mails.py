"""What a worker would do with the mails that wait."""

from django_tenants.utils import schema_context

from tenants.access.mails import JOB
from tenants.models import Run
from tenants.tasks import execute_run


def queued() -> list[Run]:
    """Return the runs that wait to send a mail, the oldest first."""
    with schema_context("public"):
        return list(Run.objects.filter(job=JOB, state=Run.State.QUEUED).order_by("pk"))


def deliver() -> None:
    """Send what waits, from the merchant's schema."""
    for run in queued():
        execute_run.apply(args=[run.pk])
