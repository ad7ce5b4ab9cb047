"""A segment's page: its figures, its members, its definition."""

from typing import Any

from django.http import HttpRequest

from commerce.admin.contact import sees_contact
from commerce.admin.customer_list import lines
from commerce.admin.keyset import Sort, page_of
from commerce.figures import base_totals
from commerce.models import CustomerMetrics
from segments.admin.builder_panel import definition_context
from segments.admin.figures import report_of, segment_lines
from segments.models import Membership, ScoreRun, Segment
from segments.scoring.rfm.maps import find_map
from segments.scoring.rfm.movement import movement_of_last_run
from segments.scoring.rfm.run import latest_run
from segments.scoring.rfm.wording import describe

MEMBERS_SHOWN = 25
BY_SPENT = Sort("spent", "Spent", "spent")


def percent_of(segment: Segment, base: Any) -> float:
    """Return a segment's share of the base, in percent."""
    return 100 * segment.members_count / base.customers if base and base.customers else 0.0


def page_context(request: HttpRequest, segment: Segment) -> dict[str, Any]:
    """Return what the page of `segment` shows whoever asks."""
    sees = sees_contact(request)
    members = Membership.objects.filter(segment=segment).values("customer_id")
    rows = CustomerMetrics.objects.filter(pk__in=members).select_related("customer")
    # A sort of the members, not a walk down everybody's spend: most segments are a few percent.
    page = page_of(
        rows,
        sort=BY_SPENT,
        cursor=request.GET.get("page", ""),
        size=MEMBERS_SHOWN,
        walks_index=False,
    )
    base = base_totals()
    return {
        "segment": segment,
        "members": lines(page.rows, sees=sees),
        "page": page,
        "percent": percent_of(segment, base),
        "base": base,
        **definition_context(request, segment),
        **(_rfm(segment) if segment.kind == Segment.Kind.RFM else {}),
    }


def _rfm(segment: Segment) -> dict[str, Any]:
    run: ScoreRun | None = latest_run()
    report = report_of(run)
    if run is None or report is None:
        return {}
    rows = segment_lines(report, movement_of_last_run())
    line = next((line for line in rows if line.row.key == segment.key), None)
    return {
        "run": run,
        "line": line,
        "description": describe(find_map(run.parameters["map"]), segment.key) if line else None,
    }
