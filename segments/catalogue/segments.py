"""Being in other segments, and belonging to a stable sample."""

from typing import Any

from django.db.models import Q

from commerce.text import fold
from segments.models import Segment
from segments.rules.errors import RuleError
from segments.rules.fields import Field
from segments.rules.kinds import SAMPLE, SEGMENT
from segments.rules.kinds.base import read_text


def find_segment(raw: Any) -> int:
    """Return the id of a segment given by id, slug or name; raise RuleError if it is not one."""
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise RuleError("Name a segment by its id or slug.")
    text = read_text(str(raw))[:200]
    named = Q(slug=text.lower()) | Q(name__iexact=text)
    if text.isdecimal() and len(text) < 18:
        named |= Q(pk=int(text))
    found = list(Segment.objects.filter(named).values_list("pk", "name")[:3])
    if len(found) == 1:
        return found[0][0]
    exact = [pk for pk, _ in found if str(pk) == text]
    if exact:
        return exact[0]
    if not found:
        raise RuleError(f"There is no segment “{fold(text)[:60]}”.")
    ids = ", ".join(str(pk) for pk, _ in found)
    raise RuleError(f"Several segments are called “{text[:60]}”; name one by its id: {ids}.")


FIELDS = (
    Field(
        "segment",
        "Segment",
        SEGMENT,
        lambda scope: None,
        phrase="",
        find=find_segment,
        facts=frozenset({"segments"}),
    ),
    Field("sample", "Random sample", SAMPLE, lambda scope: None, phrase="in a stable sample"),
)
