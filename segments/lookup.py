"""From what somebody typed to one segment."""

from django.core.exceptions import ValidationError

from commerce.text import fold
from segments.models import Segment


def find_segment(text: str) -> Segment:
    """Return the segment of this slug, id or name, in any case, of any kind.

    Raises ValidationError when there is none, or several: then with their ids.
    """
    wanted = fold(text)
    found = [
        segment
        for segment in Segment.objects.order_by("id")
        if wanted in (segment.slug, str(segment.pk), fold(segment.name))
    ]
    if not found:
        raise ValidationError(f"There is no segment “{text}”. `list_segments` shows them all.")
    if len(found) > 1:
        choices = ", ".join(f"{s.pk} ({s.get_kind_display()}: {s.name})" for s in found)
        raise ValidationError(f"“{text}” means several segments. Give the id of one: {choices}.")
    return found[0]
