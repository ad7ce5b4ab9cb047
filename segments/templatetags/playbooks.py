"""The playbook of a segment, for whichever page shows the segment."""

from typing import Any

from django import template

from segments.models import Segment
from segments.playbooks.reading import books, subject_of_segment

register = template.Library()


@register.inclusion_tag("segments/segment_playbook.html", takes_context=True)
def playbook_of(context: dict[str, Any], segment: Segment) -> dict[str, Any]:
    """Show what to do with a segment's members, and who may change it the way to do so."""
    subject = subject_of_segment(segment)
    request = context["request"]
    return {
        "book": next(iter(books([subject])), None),
        "subject": subject,
        "may_edit": request.user.has_perm("segments.change_segment"),
    }
