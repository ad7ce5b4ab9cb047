"""The segments list: tabs, search, filters, order, and every row's figures in a few queries."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from commerce.admin.customer_page import panels
from commerce.figures import base_totals
from segments import library, library_counting, usages
from segments.admin.figures import report_of, segment_lines
from segments.admin.list_rows import SORTS, Row, choices, passes
from segments.admin.rate_figures import fill_dues
from segments.admin.rfm_page import RECALCULATE
from segments.admin.segment_page import percent_of
from segments.library_proposals import proposals
from segments.models import Segment, SegmentStar
from segments.revenue import revenue_of
from segments.scoring.rfm.movement import movement_of_month
from segments.services import local_today, rfm_state
from segments.sparks import sparks
from segments.types import type_of
from tenants import jobs
from tenants.panels import SEGMENT_LIST

TABS = (
    ("yours", "Yours", (Segment.Kind.RULES, Segment.Kind.MANUAL)),
    ("rfm", "RFM", (Segment.Kind.RFM,)),
    ("lifecycle", "Lifecycle", (Segment.Kind.LIFECYCLE,)),
    ("shopify", "Shopify", (Segment.Kind.SHOPIFY,)),
    ("all", "All", tuple(Segment.Kind)),
)
PAGE_SIZE = 50


def list_context(request: HttpRequest) -> dict[str, Any]:
    """Return the rows of the chosen tab, and every tab with its count."""
    segments = list(_segments())
    tabs = [
        {"key": key, "label": label, "count": sum(row.kind in kinds for row in segments)}
        for key, label, kinds in TABS
    ]
    asked = request.GET.get("tab", "")
    chosen = asked if asked in {key for key, *_ in TABS} else _first_filled(tabs)
    base = base_totals()
    rows = _rows(request, segments, chosen, base)
    sort = request.GET.get("sort", "")
    rows.sort(key=SORTS.get(sort, SORTS[""])[1])
    rows.sort(key=lambda row: not row.is_starred)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    _fill(page.object_list, base)
    fill_dues(page.object_list, segments)
    may_add = request.user.has_perm("segments.add_segment")
    is_bare = chosen == "yours" and not any(tab["count"] for tab in tabs if tab["key"] == "yours")
    return {
        "tabs": tabs,
        "chosen": chosen,
        "rows": list(page.object_list),
        "page": page,
        "base": base,
        "may_add": may_add,
        "may_change": request.user.has_perm("segments.change_segment"),
        "may_delete": request.user.has_perm("segments.delete_segment"),
        "panels": panels(SEGMENT_LIST, request, chosen),  # type: ignore[arg-type]
        **choices(request, rows),
        **(_proposed(may_add=may_add) if is_bare else {}),
        **(_rfm(request) if chosen == "rfm" else {}),
    }


def _segments() -> QuerySet[Segment]:
    return Segment.objects.select_related("owner").prefetch_related("labels")


def _rows(request: HttpRequest, segments: list[Segment], chosen: str, base: Any) -> list[Row]:
    kinds = next(kinds for key, _, kinds in TABS if key == chosen)
    known = {segment.pk: segment for segment in segments}
    starred = set(
        SegmentStar.objects.filter(user=request.user.pk).values_list("segment_id", flat=True)
    )
    rows = [
        Row(
            row,
            type_of(row, known),
            percent_of(row, base),
            row.pk in starred,
            [label.name for label in row.labels.all()],
        )
        for row in segments
        if row.kind in kinds
    ]
    return [row for row in rows if passes(row, request.GET)]


def _fill(rows: Any, base: Any) -> None:
    """Add what costs a query, for the rows of the page alone."""
    segments = [row.segment for row in rows]
    lines = sparks(segments, today=local_today())
    spent, used = revenue_of(segments), usages.used_in([segment.pk for segment in segments])
    total = base.revenue if base else 0
    for row in rows:
        row.spark, row.uses = lines[row.segment.pk], used.get(row.segment.pk, [])
        row.spent = spent.get(row.segment.pk)
        if row.spent is not None and total > 0:
            row.revenue_percent = float(100 * row.spent.amount / total)


def _proposed(*, may_add: bool) -> dict[str, Any]:
    """Return five ready-made segments that this store's own data speak for."""
    kept, shelved = library.shelves()
    counting = library_counting.count_soon(kept) if may_add else jobs.live(library.COUNT)
    return {"proposals": proposals(shelved), "library": kept, "counting": counting}


def _rfm(request: HttpRequest) -> dict[str, Any]:
    """Return the distribution of the last run, and whether it may be made anew."""
    state = rfm_state()
    report = report_of(state["run"])
    found = report is not None and bool(report.customers)
    return {
        "report": report if found else None,
        "lines": segment_lines(report, movement_of_month()) if report and found else [],
        "run": state["run"],
        "counting": state["job"] if state["job"] and state["job"].is_live else None,
        "may_recalculate": request.user.has_perm(RECALCULATE),
    }


def _first_filled(tabs: list[dict[str, Any]]) -> str:
    """Return the tab to open: one's own, or the first with segments."""
    return next((tab["key"] for tab in tabs if tab["count"]), "yours")
