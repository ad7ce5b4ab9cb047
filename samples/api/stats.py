"""`samples/stats/`: how many samples there are, and each type over time."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from commerce.admin.page import today
from samples.figures import figures
from samples.stats import LONGEST, SPANS, Row, stats
from tenants.schema import connection
from tenants.web.answers import amount
from tenants.web.pages import number_of
from tenants.web.problems import Fault, Refusal, invalid
from tenants.web.views import ApiView


class SampleStats(ApiView):
    """Figures of all samples, and of the last weeks or months."""

    scopes = {"GET": ("samples:read",)}

    def get(self, request: Request) -> Response:
        """Return totals and periods: `?by=month` or `week`, `periods=12`."""
        span = request.query_params.get("by", "month")
        if span not in SPANS:
            raise Refusal(invalid(Fault(f"by is one of {', '.join(SPANS)}.", ("by",))))
        periods = number_of(request, "periods", default=12, least=1, most=LONGEST)
        found, now = stats(on=today(), span=span, periods=periods), figures()
        return Response(
            {
                "as_of": found.as_of,
                "currency": connection.tenant.currency,
                "total": now.total,
                "ugc": now.ugc,
                "tiktok": now.tiktok,
                "pending": now.pending,
                "cancelled": now.cancelled,
                "cost_of_goods": None if now.cost is None else amount(now.cost),
                "by": found.span,
                "pending_too_long_after_days": found.late_days,
                "periods": [_told(row) for row in found.rows],
            }
        )


def _told(row: Row) -> dict[str, Any]:
    return {
        "from": row.start,
        "type": row.kind,
        "sent": row.sent,
        "fulfilled": row.fulfilled,
        "days_to_fulfil": None if row.days is None else round(row.days, 2),
        "days_known_of": row.dated,
        "posted": row.posted,
        "posted_rate": None if row.posted_rate is None else round(row.posted_rate / 100, 6),
        "pending_too_long": row.late,
    }
