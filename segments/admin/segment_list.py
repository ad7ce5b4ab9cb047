"""The segments list and its tabs."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest

from commerce.figures import base_totals
from segments.admin.segment_page import percent_of
from segments.models import Segment

TABS = (
    ("yours", "Yours", (Segment.Kind.RULES, Segment.Kind.MANUAL)),
    ("rfm", "RFM", (Segment.Kind.RFM,)),
    ("lifecycle", "Lifecycle", (Segment.Kind.LIFECYCLE,)),
    ("shopify", "Shopify", (Segment.Kind.SHOPIFY,)),
    ("all", "All", tuple(Segment.Kind)),
)


def list_context(request: HttpRequest) -> dict[str, Any]:
    """Return the rows of the chosen tab, and every tab with its count."""
    counts = dict(Segment.objects.values_list("kind").annotate(Count("pk")).order_by())
    tabs = [
        {"key": key, "label": label, "count": sum(counts.get(kind, 0) for kind in kinds)}
        for key, label, kinds in TABS
    ]
    asked = request.GET.get("tab", "")
    chosen = asked if asked in {key for key, *_ in TABS} else _first_filled(tabs)
    kinds = next(kinds for key, _, kinds in TABS if key == chosen)
    rows = Segment.objects.filter(kind__in=kinds).order_by("kind", "pk")
    base = base_totals()
    return {
        "tabs": tabs,
        "chosen": chosen,
        "rows": [{"segment": row, "percent": percent_of(row, base)} for row in rows],
        "base": base,
        "may_add": request.user.has_perm("segments.add_segment"),
    }


def _first_filled(tabs: list[dict[str, Any]]) -> str:
    return next((tab["key"] for tab in tabs if tab["count"]), "yours")
