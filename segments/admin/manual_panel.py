"""On a customer's page: the segments they were put into by hand, and putting in and taking out."""

from typing import Any

from django.http import HttpRequest

from segments.manual import manual_segments
from segments.models import ManualMember
from tenants.panels import CUSTOMER, Panel


def chosen(request: HttpRequest, customer: Any) -> dict[str, Any]:
    """Return where the customer was put in, and where they could be."""
    rows = ManualMember.objects.filter(customer=customer).select_related("segment")
    held = list(rows.order_by("segment__name"))
    taken = {row.segment_id for row in held}
    return {
        "customer": customer,
        "chosen": held,
        "segments": [segment for segment in manual_segments() if segment.pk not in taken],
    }


CUSTOMER.register(
    Panel(
        "chosen",
        "Chosen by hand",
        "segments/manual_customer.html",
        chosen,
        22,
        "segments.change_segment",
    )
)
