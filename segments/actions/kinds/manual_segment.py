"""Putting customers into a segment chosen by hand."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from segments.actions.kinds.kind import KINDS, Kind, Options
from segments.actions.people import customers_of
from segments.manual import add_members, manual_segments
from segments.models import Segment, Trigger
from segments.models.membership import Cause
from tenants import effects
from tenants.access.models import Effect
from tenants.effects import Result


def _choices() -> list[tuple[str, str]]:
    return [(str(segment.pk), segment.name) for segment in manual_segments()]


class SegmentOptions(Options):
    target = forms.ChoiceField(
        label="Segment",
        choices=_choices,
        help_text="Only segments that are chosen by hand can be added to.",
    )


class AddToSegment(Kind):
    key, label, icon = "add_to_segment", "Add to a segment", "group_add"
    help = "Each customer is put into a segment that is chosen by hand."
    form = SegmentOptions

    def summary(self, options: dict[str, Any]) -> str:
        segment = _segment(options)
        return f"add to “{segment.name}”" if segment else "add to a segment that is gone"

    def deliver(
        self, trigger: Trigger, effects_: Sequence[Effect], *, at: datetime
    ) -> Iterator[Result]:
        people, segment = customers_of(effects_), _segment(trigger.options)
        gone = [effect for effect in effects_ if effect.pk not in people]
        there = [effect for effect in effects_ if effect.pk in people]
        if gone:
            yield gone, effects.left_out("gone")
        if segment is None or segment.state == Segment.State.ARCHIVED:
            yield there, effects.refused("The segment to add to is gone or archived.")
            return
        if there:
            ids = {row.pk for row in people.values()}
            try:
                add_members(segment, ids, by=None, at=at, cause=Cause.ACTION)
            except ValidationError as error:
                yield there, effects.refused(" ".join(error.messages))
                return
            yield there, effects.done()


def _segment(options: dict[str, Any]) -> Segment | None:
    rows = Segment.objects.filter(pk=int(options["target"]), kind=Segment.Kind.MANUAL)
    return rows.first()


KINDS.register(AddToSegment())
