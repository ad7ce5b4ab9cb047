"""A segment's page: its figures, its definition, and the tabs beneath."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from commerce.admin.customer_page import panels
from commerce.figures import base_totals
from segments.admin.builder_panel import definition_context
from segments.admin.export_page import MAY_EXPORT
from segments.admin.figures import report_of, segment_lines
from segments.admin.members_tab import members_context
from segments.admin.rate_figures import rate_context
from segments.admin.trend_tab import trend_context
from segments.models import ScoreRun, Segment, SegmentRefresh
from segments.scoring.rfm.maps import find_map
from segments.scoring.rfm.movement import movement_of_last_run
from segments.scoring.rfm.run import latest_run
from segments.scoring.rfm.wording import describe
from tenants.panels import SEGMENT

TABS = (("members", "Members"), ("trend", "Trend"), ("history", "History"))
REFRESHES_SHOWN = 50


def percent_of(segment: Segment, base: Any) -> float:
    """Return a segment's share of the base, in percent."""
    return 100 * segment.members_count / base.customers if base and base.customers else 0.0


def page_context(request: HttpRequest, segment: Segment) -> dict[str, Any]:
    """Return what the page of `segment` shows whoever asks, under the tab they chose."""
    asked = request.GET.get("tab", "")
    tab = asked if asked in dict(TABS) else TABS[0][0]
    base = base_totals()
    return {
        "segment": segment,
        "tabs": TABS,
        "tab": tab,
        "percent": percent_of(segment, base),
        "base": base,
        "may_export": request.user.has_perm(MAY_EXPORT),
        "panels": panels(SEGMENT, request, segment),
        **definition_context(request, segment),
        **rate_context(segment),
        **(_rfm(segment) if segment.kind == Segment.Kind.RFM else {}),
        **_TAB_CONTEXTS[tab](request, segment),
    }


def _refreshes(request: HttpRequest, segment: Segment) -> dict[str, Any]:
    rows = SegmentRefresh.objects.filter(segment=segment)
    return {"refreshes": list(rows[:REFRESHES_SHOWN])}


_TAB_CONTEXTS: dict[str, Callable[[HttpRequest, Segment], dict[str, Any]]] = {
    "members": members_context,
    "trend": lambda request, segment: trend_context(segment),
    "history": _refreshes,
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
