"""How long uses of promo codes are kept: those that can still count, for good."""

from datetime import datetime

from segments.models import Redemption
from tenants import retention


def _delete_uses(before: datetime) -> int:
    """Delete old uses of codes that ended before: nobody can use those any more."""
    return retention.delete_rows(
        Redemption.objects.filter(redeemed_at__lt=before, code__ends_at__lt=before)
    )


retention.register(
    retention.Kept(
        key="redemptions",
        label="Uses of promo codes that have ended",
        days=760,
        least=95,
        help="Uses of codes without an end, or that run, are kept: their limits count them.",
        delete=_delete_uses,
    )
)
