"""Other segments: being in one, having entered or left it, having been in it on a day."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.db.models.lookups import In

from segments.rules.clock import shift
from segments.rules.kinds.base import Kind
from segments.rules.operators import Ask, Operator, table
from segments.rules.speech import Speech

if TYPE_CHECKING:
    from segments.rules.fields import Field


def _in(ask: Ask) -> In:
    return In(F("pk"), ask.scope.members(ask.value))


def _moved(ask: Ask, *, entered: bool) -> In:
    segments, span = ask.value
    clock = ask.scope.clock
    first = clock.as_of - timedelta(hours=span.count)
    if span.unit != "hours":
        first = clock.start_of(shift(clock.today, span, -1))
    return In(F("pk"), ask.scope.moved(segments, entered=entered, first=first, last=clock.as_of))


IN = Operator("in", "is in", "in segment {value}", _in, takes="many")


class InSegment(Kind):
    """A segment, kept by id and shown by name."""

    key, label = "segment", "Segment"
    operators = table(
        IN,
        IN.opposite("not_in", "is not in", "not in segment {value}"),
        Operator(
            "entered",
            "entered in the last …",
            "entered segment {value}",
            lambda ask: _moved(ask, entered=True),
            takes="segments_window",
            is_temporal=True,
        ),
        Operator(
            "left",
            "left in the last …",
            "left segment {value}",
            lambda ask: _moved(ask, entered=False),
            takes="segments_window",
            is_temporal=True,
        ),
        Operator(
            "was_in",
            "was in, on a day",
            "was in segment {value}",
            lambda ask: In(
                F("pk"), ask.scope.members_on(ask.value[0], ask.scope.clock.day(ask.value[1]))
            ),
            takes="segments_day",
        ),
    )
    aliases = {"eq": "in", "ne": "not_in"}

    def read(self, field: "Field", raw: Any) -> int:
        return field.find(raw)

    def say(self, field: "Field", value: int, speech: Speech) -> str:
        return speech.segment_name(value)


SEGMENT = InSegment()
