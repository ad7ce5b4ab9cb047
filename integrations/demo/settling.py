"""Doing at once what an import leaves for a worker: whoever logs in finds nothing stale."""

from django.utils import timezone
from django_tenants.utils import schema_context

from segments.following import follow_marks
from tenants import jobs
from tenants.models import Run, Tenant

ROUNDS = 3  # what is done may wake something else, which wakes nothing more
# The passes that were just made left nothing of it but the marks of rule segments.
SCORED = "changed"


def settle(tenant: Tenant) -> None:
    """Do all work that waits for the merchant, once each; the connection stands in its schema."""
    follow_marks(at=timezone.now())
    for _ in range(ROUNDS):
        waiting = _take(tenant)
        for job, params in waiting:
            if job != SCORED:
                jobs.run_now(job, params=params)
        if not waiting:
            return


def _take(tenant: Tenant) -> list[tuple[str, dict[str, object]]]:
    """Take the waiting runs away and return what they were to do, in their order."""
    with schema_context("public"):
        runs = list(Run.objects.filter(tenant=tenant, state=Run.State.QUEUED).order_by("pk"))
        Run.objects.filter(pk__in=[run.pk for run in runs]).delete()
    return list({(run.job, str(run.params)): (run.job, run.params) for run in runs}.values())
