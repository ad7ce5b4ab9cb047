"""A segment's size over time, from its size now and its ledger; as chart, table and file."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from segments.audience import clock_at
from segments.models import MembershipChange, Segment, SegmentRefresh
from segments.models.membership import Cause
from tenants.pages import Page, register
from tenants.tables import csv_response

DAYS = 90


@dataclass
class Day:
    """One local day: the size at its end, and who came and went because of what."""

    on: date
    size: int = 0
    entered: int = 0
    left: int = 0
    causes: dict[str, int] = field(default_factory=dict)  # words → how many, either way


def trend_of(segment: Segment) -> list[Day]:
    """Return the last 90 days, oldest first, from the first one whose size is known."""
    clock = clock_at()
    today = clock.today
    first = max(today - timedelta(days=DAYS - 1), _known_since(segment))
    moves = _moves(segment, first)
    size, days = segment.members_count, []
    for back in range((today - first).days + 1):
        day = moves.get(today - timedelta(days=back)) or Day(today - timedelta(days=back))
        day.size = size
        size -= day.entered - day.left
        days.append(day)
    return days[::-1]


def _known_since(segment: Segment) -> date:
    """Return the day of the first computation: before it there is no size to tell."""
    refreshes = SegmentRefresh.objects.filter(segment=segment, error="")
    at = refreshes.order_by("at").values_list("at", flat=True).first() or segment.created_at
    return clock_at(at).today


def _moves(segment: Segment, first: date) -> dict[date, Day]:
    clock = clock_at()
    rows = (
        MembershipChange.objects.filter(segment=segment, at__gte=clock.start_of(first))
        .annotate(on=TruncDate("at", tzinfo=clock.zone))
        .values_list("on", "entered", "cause")
        .annotate(number=Count("pk"))
        .order_by()
    )
    days: dict[date, Day] = {}
    causes: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for on, entered, cause, number in rows:
        day = days.setdefault(on, Day(on))
        day.entered += number if entered else 0
        day.left += 0 if entered else number
        causes[on][cause] += number
    for on, day in days.items():
        day.causes = {str(Cause(cause).label): n for cause, n in sorted(causes[on].items())}
    return days


def trend_context(segment: Segment) -> dict[str, Any]:
    """Return the trend for the page: the chart's data, the days on which somebody moved."""
    days = trend_of(segment)
    entered, left = sum(day.entered for day in days), sum(day.left for day in days)
    return {
        "days": days,
        "moved": [day for day in reversed(days) if day.entered or day.left],
        "totals": {
            "entered": entered,
            "left": left,
            "net": entered - left,
            "before": segment.members_count - entered + left,
        },
        "chart": {
            "labels": [day.on.isoformat() for day in days],
            "size": [day.size for day in days],
            "entered": [day.entered for day in days],
            "left": [-day.left for day in days],
        },
    }


@require_safe
def trend_file(request: HttpRequest, segment_id: int) -> HttpResponseBase:
    """Answer with the trend as a file: counts, nobody's data."""
    segment = get_object_or_404(Segment, pk=segment_id)
    header = ("day", "members", "entered", "left", "because")
    rows = (
        (
            day.on,
            day.size,
            day.entered,
            day.left,
            "; ".join(f"{cause}: {number}" for cause, number in day.causes.items()),
        )
        for day in trend_of(segment)
    )
    return csv_response(f"{segment.slug}-size", header, rows)


register(
    Page(
        "segment_trend_file",
        "Size over time",
        "segments/segment/<int:segment_id>/size.csv",
        trend_file,
        "segments.view_segment",
    )
)
