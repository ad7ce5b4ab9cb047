"""How long this work keeps its records."""

from datetime import datetime

from samples.models import Finding, LinkBatch
from tenants import retention


def delete_findings(before: datetime) -> int:
    """Delete findings that ended before the day of `before`; what is open stays."""
    return retention.delete_rows(Finding.objects.filter(ended_on__lt=before.date()))


def delete_batches(before: datetime) -> int:
    """Delete what could undo links made before `before`; the links stay."""
    return retention.delete_rows(LinkBatch.objects.filter(made_at__lt=before))


retention.register(
    retention.Kept(
        key="sample_findings",
        label="Findings about samples that are over",
        days=395,
        least=30,
        help="Samples that waited too long, creators who had not posted, rights that ended.",
        delete=delete_findings,
    )
)
retention.register(
    retention.Kept(
        key="link_batches",
        label="Undoing of links to creators",
        days=180,
        least=7,
        help="Which samples were linked to creators at once. The links themselves stay.",
        delete=delete_batches,
    )
)
