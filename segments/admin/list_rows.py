"""A row of the segments list: what it shows, how it is found and sorted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest

from commerce.text import fold
from segments import usages
from segments.models import Segment, SegmentLabel
from segments.revenue import Spent
from segments.sparks import Spark
from segments.types import LABELS

# Key → what it is called, and what rows are sorted by.
SORTS: dict[str, tuple[str, Callable[["Row"], Any]]] = {
    "": ("As they came", lambda row: (row.segment.kind, row.segment.pk)),
    "name": ("Name", lambda row: fold(row.segment.name)),
    "members": ("Most members", lambda row: -row.segment.members_count),
    "newest": ("Newest", lambda row: -row.segment.pk),
    "refreshed": (
        "Longest not refreshed",
        lambda row: row.segment.refreshed_at.timestamp() if row.segment.refreshed_at else 0,
    ),
}


@dataclass
class Row:
    """One segment as the list shows it."""

    segment: Segment
    type: str
    percent: float
    is_starred: bool
    labels: list[str] = field(default_factory=list)
    spark: Spark | None = None
    spent: Spent | None = None
    revenue_percent: float | None = None
    uses: list[usages.Use] = field(default_factory=list)
    due_at: datetime | None = None  # of one that is counted by the hour, day or week

    @property
    def type_label(self) -> str:
        """The type in words."""
        return LABELS.get(self.type, "")

    @property
    def may_delete(self) -> bool:
        """Whether staff make and delete its kind."""
        return self.segment.kind in usages.DELETABLE


def passes(row: Row, asked: Any) -> bool:
    """Say whether a row is one of those that were asked for."""
    wanted, state = fold(asked.get("q", "")), asked.get("state", "")
    label, owner = fold(asked.get("label", "")), asked.get("owner", "")
    words = fold(" ".join((row.segment.name, row.segment.description, *row.labels)))
    return (
        wanted in words
        and asked.get("type", "") in ("", row.type)
        # Archived ones are shown only to whoever asks for them.
        and (row.segment.state == state if state else row.segment.state != "archived")
        and (not label or label in map(fold, row.labels))
        and (not owner or str(row.segment.owner_id) == owner)
        and (not asked.get("starred") or row.is_starred)
    )


def choices(request: HttpRequest, rows: list[Row]) -> dict[str, Any]:
    """Return what the filters offer; only people and labels that are on a segment."""
    people = get_user_model().objects.filter(is_active=True).order_by("email")
    return {
        "asked": request.GET,
        "is_asked": any(
            request.GET.get(name) for name in ("q", "type", "state", "label", "owner", "starred")
        ),
        "types": LABELS.items(),
        "states": Segment.State.choices,
        "labels": SegmentLabel.objects.filter(segments__isnull=False).distinct(),
        "people": [(person.pk, person.get_full_name() or person.email) for person in people],
        "sorts": [(key, label) for key, (label, _) in SORTS.items()],
    }
