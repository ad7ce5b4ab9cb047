"""Giving customers a tag, or taking one away, through the door staff use."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms

from commerce.edits import EditRefused, edit
from commerce.models import Customer
from segments.actions.kinds.kind import KINDS, Kind, Options
from segments.actions.people import customers_of
from segments.models import Trigger
from segments.models.membership import Cause
from tenants import audit, effects
from tenants.access.models import Effect
from tenants.effects import Result


class TagOptions(Options):
    tag = forms.CharField(label="Tag", max_length=255)


class Tagging(Kind):
    """One of the two; both write many customers in one statement."""

    form = TagOptions
    change: ClassVar[str]
    verb: ClassVar[str]

    def summary(self, options: dict[str, Any]) -> str:
        return f"{self.verb} the tag “{options['tag']}”"

    def deliver(
        self, trigger: Trigger, effects_: Sequence[Effect], *, at: datetime
    ) -> Iterator[Result]:
        people = customers_of(effects_)
        gone = [effect for effect in effects_ if effect.pk not in people]
        there = [effect for effect in effects_ if effect.pk in people]
        if gone:
            yield gone, effects.left_out("gone")
        if not there:
            return
        ids = sorted({row.pk for row in people.values()})
        try:
            changed = edit(
                ids, changes={self.change: [trigger.options["tag"]]}, by=None, at=at, cause=CAUSE
            )
        except EditRefused as error:
            yield there, effects.refused(str(error))
            return
        facts = {"trigger": trigger.name, self.change: trigger.options["tag"], "count": changed}
        audit.record(None, "trigger", Customer, **facts)
        yield there, effects.done()


class AddTag(Tagging):
    key, label, icon = "add_tag", "Add a tag", "new_label"
    help = "Each customer gets the tag in Strata."
    change, verb = "add_tags", "add"


class RemoveTag(Tagging):
    key, label, icon = "remove_tag", "Take a tag away", "label_off"
    help = "Each customer loses the tag in Strata."
    change, verb = "remove_tags", "take away"


CAUSE = Cause.ACTION
KINDS.register(AddTag())
KINDS.register(RemoveTag())
