"""What a segment's page and the list say of how often it is counted and when next."""

from collections.abc import Iterable
from typing import Any

from segments import rates
from segments.following import live_segments
from segments.models import Segment
from segments.usages import page_of


def rate_context(segment: Segment) -> dict[str, Any]:
    """Return the rates on offer, when this segment is due, and for whose sake it hurries."""
    if segment.kind != Segment.Kind.RULES:
        return {}
    shown: dict[str, Any] = {"rates": Segment.Rate.choices}
    live = live_segments()
    if segment.state != Segment.State.ACTIVE or segment.pk not in {row.pk for row in live}:
        return shown
    reader = rates.reader_that_hurries(segment, live=live)
    return shown | {
        "rate_held": rates.holding(live)[segment.pk],
        "due_at": rates.dues(live).get(segment.pk),
        "hurried_by": reader,
        "hurried_by_page": page_of(reader) if reader else "",
    }


def fill_dues(rows: Iterable[Any], segments: Iterable[Segment]) -> None:
    """Say on rows of the list when their segment is counted next, if it has turns; no query."""
    kinds = (Segment.Kind.RULES, Segment.State.ACTIVE)
    dues = rates.dues([row for row in segments if (row.kind, row.state) == kinds])
    for row in rows:
        row.due_at = dues.get(row.segment.pk)
