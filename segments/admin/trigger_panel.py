"""On a segment's page: which triggers listen to it."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from segments.actions.overview import lines
from segments.models import Segment, Trigger
from tenants.panels import SEGMENT, Panel


def listening(request: HttpRequest, segment: Any) -> dict[str, Any] | None:
    """Return the triggers of a segment; an archived one needs none."""
    rows = Trigger.objects.filter(segment=segment).select_related("segment")
    found = lines(at=timezone.now(), triggers=rows)
    may_add = request.user.has_perm("segments.add_trigger")
    is_live = segment.state == Segment.State.ACTIVE
    if not found and not (may_add and is_live):
        return None
    return {"segment": segment, "lines": found, "may_add": may_add and is_live}


SEGMENT.register(
    Panel(
        "triggers",
        "Triggers",
        "segments/segment_triggers.html",
        listening,
        30,
        "segments.view_trigger",
    )
)
