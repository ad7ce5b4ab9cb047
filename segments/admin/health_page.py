"""Segment health: the newest report, and a button to look again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from commerce.patience import TooSlowError, patience
from segments import health
from segments.admin.sets_page import CHANGE, LOOK, may_change
from segments.models import HealthReport, Segment
from tenants import jobs
from tenants.pages import Page, PageView, register

WAIT_MS = 5_000


class HealthPage(PageView):
    template_name = "segments/health.html"
    parent = "segment_sets"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = _report()
        return super().get_context_data(
            report=report,
            sections=_sections(report) if report else [],
            alike=_alike(report) if report else [],
            is_whole=report.findings.get("is_whole", True) if report else True,
            run=jobs.live(health.JOB),
            may_change=may_change(self.request),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        jobs.start(health.JOB, params={"now": True})
        messages.success(request, "Looking at all segments. The page shows what is found.")
        return HttpResponseRedirect(request.path)


def _report() -> HealthReport | None:
    try:
        with patience(WAIT_MS):
            return health.newest_report()
    except TooSlowError:
        return None


def _rows(report: HealthReport) -> dict[int, Segment]:
    found = report.findings
    ids = {pk for kind in health.KINDS for pk in found.get(kind, ())}
    ids |= {pair[side] for pair in found.get("alike", ()) for side in ("one", "other")}
    # What was archived or deleted since the report is no finding any more.
    return Segment.objects.exclude(state=Segment.State.ARCHIVED).in_bulk(ids)


def _sections(report: HealthReport) -> list[dict[str, Any]]:
    rows = _rows(report)
    return [
        {
            "label": label,
            "help": help_text,
            "rows": [rows[pk] for pk in report.findings.get(kind, ()) if pk in rows],
        }
        for kind, (label, help_text) in health.KINDS.items()
    ]


def _alike(report: HealthReport) -> list[dict[str, Any]]:
    rows = _rows(report)
    return [
        {"one": rows[pair["one"]], "other": rows[pair["other"]], "percent": 100 * pair["share"]}
        for pair in report.findings.get("alike", ())
        if pair["one"] in rows and pair["other"] in rows
    ]


register(Page("segment_health", "Segment health", "segment-health/", HealthPage, LOOK))
