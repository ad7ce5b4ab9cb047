"""The RFM page: the distribution, what to do about it, and the button that calculates again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from commerce.figures import base_totals
from segments import services
from segments.admin.figures import heat_map, movements, report_of, segment_lines
from segments.scoring.rfm.hints import compare_with_industry, find_hints
from segments.scoring.rfm.methods import METHODS
from segments.scoring.rfm.movement import movement_of_month
from tenants.pages import Page, PageView, register
from tenants.schema import connection

RECALCULATE = "access.manage_scoring"


class RfmPage(PageView):
    """Distribution, heat map, movement, hints, benchmarks, runs."""

    template_name = "segments/rfm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = services.rfm_state()
        shown = {
            "run": state["run"],
            "job": state["job"],
            "may_recalculate": self.request.user.has_perm(RECALCULATE),
            "customers": base_totals(),
            "runs": services.rfm_runs()[:10],
        }
        return super().get_context_data(**shown, **_found(state["run"]), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Queue a calculation."""
        if not request.user.has_perm(RECALCULATE):
            return HttpResponse("Your role cannot calculate scores.", status=403)
        services.start_rfm(is_full=True)
        messages.success(request, "The calculation has been queued.")
        return HttpResponseRedirect(reverse("admin:rfm"))


def _found(run: Any) -> dict[str, Any]:
    report = report_of(run)
    if run is None or report is None or not report.customers:
        return {"report": None}
    method, industry = METHODS[run.parameters["method"]], connection.tenant.industry
    return {
        "report": report,
        "method": method,
        "lines": segment_lines(report, movement_of_month()),
        "heat": heat_map(report),
        "moved": movements(),
        "hints": find_hints(report, method=method, industry=industry, as_of=run.as_of),
        "benchmarks": compare_with_industry(report, industry=industry),
    }


register(Page("rfm", "RFM", "rfm/", RfmPage, "segments.view_segment"))
