"""How long is remembered who got which letter."""

from datetime import datetime

from segments.models import Letter
from tenants import retention


def _delete_letters(before: datetime) -> int:
    return retention.delete_rows(Letter.objects.filter(sent_at__lt=before))


retention.register(
    retention.Kept(
        key="letters",
        label="Letters to the team",
        days=400,
        least=35,  # a week's letter must be known for as long as its run may be repeated
        help="Who was sent the weekly letter and alerts of goals, and when; not what they said.",
        delete=_delete_letters,
    )
)
