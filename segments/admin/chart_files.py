"""The figures behind the charts, as files for a spreadsheet: totals, nobody's data."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from segments.admin.figures import heat_map, report_of, segment_lines
from segments.scoring.rfm.movement import movement_of_month
from segments.scoring.rfm.report import Report
from segments.scoring.rfm.run import latest_run
from tenants.pages import Page, register
from tenants.tables import csv_response

SEE = "segments.view_segment"


@require_safe
def distribution_file(request: HttpRequest) -> HttpResponseBase:
    """Answer with a line for each RFM segment; 404 before the first run."""
    report = _report()
    header = ("segment", "customers", "share", "share_of_spend", "average_spend", "average_orders",
              "net_change_30_days", "as_of")  # fmt: skip
    return csv_response(_name("rfm-segments", report), header, _segments(report))


def _segments(report: Report) -> Iterable[tuple[Any, ...]]:
    for line in segment_lines(report, movement_of_month()):
        row = line.row
        yield (
            row.label, row.customers, f"{row.share:.4f}", f"{row.revenue_share:.4f}",
            row.average_spend if row.customers else "", row.average_orders if row.customers else "",
            line.net, report.as_of,
        )  # fmt: skip


@require_safe
def heat_file(request: HttpRequest) -> HttpResponseBase:
    """Answer with a line for each cell of R and F; 404 before the first run."""
    report = _report()
    header = ("recency_score", "frequency_score", "customers", "spend", "as_of")
    cells = [cell for row in heat_map(report) for cell in row["cells"]]
    rows = ((c["r"], c["f"], c["customers"], round(c["revenue"], 2), report.as_of) for c in cells)
    return csv_response(_name("recency-frequency", report), header, rows)


def _report() -> Report:
    report = report_of(latest_run())
    if report is None:
        raise Http404("Nothing is scored yet.")
    return report


def _name(what: str, report: Report) -> str:
    return f"{what}-{report.as_of}.csv"


register(Page("rfm_file", "RFM segments", "rfm/segments.csv", distribution_file, SEE))
register(Page("rfm_heat_file", "Recency and frequency", "rfm/heat.csv", heat_file, SEE))
