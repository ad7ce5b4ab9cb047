"""Samples by type over time: a chart, the table that says the same, and the file."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import formats
from django.views.decorators.http import require_safe

from commerce.admin.page import today
from samples.admin.list_page import LOOK
from samples.models import SampleOrder
from samples.stats import SPANS, Stats, stats
from tenants import audit
from tenants.pages import Page, PageView, register
from tenants.tables import csv_response

HEADER = (
    *("from", "type", "sent", "fulfilled", "days_to_fulfil", "days_known_of"),
    *("posted", "posted_percent", "pending_too_long"),
)
PERIODS = 12


class StatsPage(PageView):
    template_name = "samples/stats.html"
    parent = "samples"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = asked(self.request)
        return super().get_context_data(
            stats=found, spans=SPANS, chart=json.dumps(chart(found)), **kwargs
        )


def asked(request: HttpRequest) -> Stats:
    """Return the figures for the span the address names, months otherwise."""
    span = request.GET.get("by", "")
    return stats(on=today(), span=span if span in SPANS else "month", periods=PERIODS)


def chart(found: Stats) -> dict[str, Any]:
    """Return what the page's script draws: samples sent, by period and type."""
    starts = sorted({row.start for row in found.rows})
    words = "j M" if found.span == "week" else "M Y"
    return {
        "labels": [formats.date_format(start, words) for start in starts],
        "series": [
            {
                "key": kind,
                "label": label,
                "values": [row.sent for row in found.rows if row.kind == kind],
            }
            for kind, label in SampleOrder.Kind.choices
        ],
    }


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """Answer with the figures as a CSV file."""
    found = asked(request)
    audit.record(request.user, "export", SampleOrder, figures=found.span)
    rows = [
        [
            row.start,
            row.label,
            row.sent,
            row.fulfilled,
            None if row.days is None else round(row.days, 1),
            row.dated,
            row.posted,
            None if row.posted_rate is None else round(row.posted_rate, 1),
            row.late,
        ]
        for row in found.rows
    ]
    return csv_response("samples-by-type.csv", HEADER, rows)


register(Page("samples_stats", "Samples by type", "samples/stats/", StatsPage, LOOK))
register(
    Page(
        "samples_stats_export",
        "Export samples by type",
        "samples/stats/export/",
        export,
        "access.export_data",
    )
)
