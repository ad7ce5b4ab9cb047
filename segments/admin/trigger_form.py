"""The form of a trigger: its own boxes, and those of each kind of action by a prefix."""

from typing import Any

from django import forms
from django.http import HttpRequest

from segments import scores
from segments.actions import finding_words
from segments.actions.kinds import KINDS, Options
from segments.actions.triggers import ASKABLE
from segments.actions.wording import score_keys, score_label
from segments.models import Segment, Trigger
from segments.models.membership import Cause

BOX = {"class": "box"}


def _segments() -> list[tuple[str, str]]:
    rows = Segment.objects.filter(state=Segment.State.ACTIVE).order_by("name")
    return [("", "Choose …"), *((str(row.pk), row.name) for row in rows)]


def score_choices() -> list[tuple[str, str]]:
    """Return the scores whose movement can be listened to."""
    keys = [scores.RFM, *(model.key for model in scores.in_order())]
    return [(key, score_label(key)) for key in keys]


class TriggerForm(forms.Form):
    """What every trigger has. Boxes that do not go with `on` or `again` are left unread."""

    name = forms.CharField(label="Name", max_length=120)
    on = forms.ChoiceField(label="When", choices=Trigger.On.choices)
    segment = forms.ChoiceField(label="Segment", choices=_segments, required=False)
    score = forms.ChoiceField(label="Score", choices=score_choices, required=False)
    finding = forms.ChoiceField(
        label="What is found",
        choices=finding_words.choices,
        required=False,
        help_text="Looked for every morning, by the limits on the page “To chase”.",
    )
    at_least = forms.IntegerField(
        label="Only if in one run at least",
        min_value=1,
        max_value=1_000_000,
        initial=1,
        help_text="With 20, nothing happens on a day when 19 enter or are found.",
    )
    again = forms.ChoiceField(
        label="The same customer again", choices=Trigger.Again.choices, required=False
    )
    again_days = forms.IntegerField(
        label="Days", min_value=1, max_value=3_650, initial=30, required=False
    )
    quiet_from = forms.TimeField(label="Nothing is sent from", required=False)
    quiet_to = forms.TimeField(label="until", required=False)
    also_causes = forms.MultipleChoiceField(
        label="Act as well when it was",
        choices=[(cause.value, cause.label) for cause in ASKABLE],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    kind = forms.ChoiceField(label="What is done", choices=KINDS.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("quiet_from", "quiet_to"):
            self.fields[name].widget = forms.TimeInput({"type": "time"}, format="%H:%M")

    def fill(self, trigger: Trigger, sent: Any) -> Trigger:
        """Set what was sent on a trigger."""
        values = self.cleaned_data
        for name in ("name", "on", "at_least", "finding", "quiet_from", "quiet_to", "kind"):
            setattr(trigger, name, values[name])
        trigger.again = values["again"] or Trigger.Again.ALWAYS
        trigger.again_days = values["again_days"] or 30
        trigger.also_causes = values["also_causes"]
        trigger.segment = Segment.objects.filter(pk=values["segment"] or 0).first()
        trigger.score = values["score"]
        known = {key for key, _ in score_keys(trigger.score)}
        for side in ("from", "to"):
            chosen = sent.getlist(f"{side}-{trigger.score}")
            setattr(trigger, f"{side}_keys", [key for key in chosen if key in known])
        return trigger


def initial_of(trigger: Trigger) -> dict[str, Any]:
    """Return what the boxes show of a trigger."""
    names = (
        "name",
        "on",
        "score",
        "at_least",
        "again",
        "again_days",
        "kind",
        "also_causes",
        "finding",
    )
    told = {name: getattr(trigger, name) for name in (*names, "quiet_from", "quiet_to")}
    return told | {"segment": str(trigger.segment_id or "")}


def options_forms(trigger: Trigger | None, sent: Any = None) -> list[dict[str, Any]]:
    """Return kind and form of each action; only the chosen one holds what was sent."""
    chosen = (sent.get("kind") if sent is not None else trigger.kind if trigger else "") or ""
    found = []
    for kind in KINDS:
        mine = trigger.options if trigger and trigger.kind == kind.key else None
        bound = sent if sent is not None and kind.key == chosen else None
        form = kind.form(bound, prefix=kind.key, initial=mine)
        found.append({"kind": kind, "form": form, "is_chosen": kind.key == chosen})
    return found


def options_sent(kind: str, request: HttpRequest) -> dict[str, Any]:
    """Return the boxes of a kind, without its prefix, for the service that checks them."""
    form_class = KINDS[kind].form if kind in KINDS else Options
    form = form_class(prefix=kind)
    fields = form.fields.items()
    return {
        name: field.widget.value_from_datadict(request.POST, request.FILES, form.add_prefix(name))
        for name, field in fields
    }


def score_boxes(trigger: Trigger | None, sent: Any = None) -> list[dict[str, Any]]:
    """Return the keys of each score, with those that are chosen on either side."""
    found = []
    for score, label in score_choices():
        sides = {}
        for side in ("from", "to"):
            chosen: list[str] = []
            if sent is not None:
                chosen = sent.getlist(f"{side}-{score}")
            elif trigger and trigger.score == score:
                chosen = getattr(trigger, f"{side}_keys")
            sides[side] = [(key, name, key in chosen) for key, name in score_keys(score)]
        found.append({"key": score, "label": label, **sides})
    return found


def cause_words(causes: list[str]) -> str:
    """Return causes in words, for a page."""
    return "; ".join(Cause(cause).label.lower() for cause in causes)
