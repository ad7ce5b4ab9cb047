"""How long this floor keeps its log of privacy."""

from datetime import datetime

from commerce.erasure import exports
from commerce.models import PrivacyRequest
from tenants import retention

FIVE_YEARS = 1_825  # days: for as long as somebody may ask whether it was done


def _delete_requests(before: datetime) -> int:
    over = PrivacyRequest.objects.filter(done_at__lt=before)
    exports.withdraw(over.exclude(file=""))
    return retention.delete_rows(over)


retention.register(
    retention.Kept(
        key="privacy_requests",
        label="Requests about customers' data",
        days=FIVE_YEARS,
        least=365,
        help="The proof of copies and erasures. It names nobody.",
        delete=_delete_requests,
    )
)
