"""`segments/rfm/` and `segments/rfm/calculate/`: what the last run found, and a new run."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.figures import base_totals
from segments.models import ScoreRun, Segment
from segments.scoring.rfm.report import Row, read_report
from segments.scoring.rfm.run import latest_run
from segments.services import RFM_JOB, start_rfm
from tenants import jobs
from tenants.schema import connection
from tenants.web.answers import RunShape, amount
from tenants.web.bodies import Body, read_body
from tenants.web.views import ApiView

AT_ONCE = 10_000  # customers: calculated while the caller waits, in 1.2 s


class RfmFigures(ApiView):
    """The RFM segments as the last run left them."""

    scopes = {"GET": ("segments:read",)}

    def get(self, request: Request) -> Response:
        """Tell customers, share, spend and orders of each segment, and as of which day."""
        return Response(_figures(latest_run()))


class CalculateBody(Body):
    """How to calculate."""

    full = serializers.BooleanField(required=False, help_text="read every order again")


class RfmCalculate(ApiView):
    """A new run."""

    scopes = {"POST": ("scores:write",)}
    is_one_transaction = False  # a run is begun, and seen by others, before it is answered
    serializer_class = CalculateBody

    def post(self, request: Request) -> Response:
        """Calculate RFM: at once for 10,000 customers or fewer (200), else queued (202)."""
        is_full = bool(read_body(CalculateBody, request).get("full", False))
        base = base_totals()
        if base is None or base.customers <= AT_ONCE:
            jobs.run_now(RFM_JOB, params={"full": is_full})
            return Response(_result(latest_run()))
        run = start_rfm(is_full=is_full)
        return Response(_result(latest_run()) | {"run": RunShape(run).data}, status=202)


def _result(run: ScoreRun | None) -> dict[str, Any]:
    """Return what `compute_rfm` prints: of the run that stands."""
    if run is None:
        return {"customers_scored": 0, "as_of": None, "distribution": {}}
    counts = {key: found["customers"] for key, found in run.distribution.items()}
    return {"customers_scored": run.customers_scored, "as_of": run.as_of, "distribution": counts}


def _figures(run: ScoreRun | None) -> dict[str, Any]:
    told: dict[str, Any] = {"currency": connection.tenant.currency, "as_of": None}
    if run is None:
        return told | {"customers_scored": 0, "segments": []}
    report = read_report(run)
    ids = dict(Segment.objects.filter(kind=Segment.Kind.RFM).values_list("key", "pk"))
    return told | {
        "as_of": report.as_of,
        "customers_scored": report.customers,
        "segments": [_row(row, ids) for row in report.rows],
    }


def _row(row: Row, ids: dict[str, int]) -> dict[str, Any]:
    return {
        "key": row.key,
        "label": row.label,
        "segment_id": ids.get(row.key),
        "customers": row.customers,
        "share": round(row.share, 6),
        "total_spend": amount(row.revenue),
        "average_spend": amount(row.average_spend),
        "average_orders": str(row.average_orders),
        "average_recency_days": str(row.average_recency),
    }
