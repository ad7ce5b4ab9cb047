"""The form of a promo code: its boxes, and a row per segment that says for, not for, or neither."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from segments.models import PromoCode, Segment
from segments.promotions.drafts import LONGEST, MOST_USES, Draft
from tenants.schema import connection

SIDES = (("", "—"), ("include", "For"), ("exclude", "Not for"))
MOST_ROWS = 1_000  # segments of a page
BOX = {"class": "box"}


def _moment(label: str, words: str = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput({"type": "datetime-local", "class": "box"}, "%Y-%m-%dT%H:%M")
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    return forms.DateTimeField(
        label=label, required=False, widget=widget, input_formats=formats, help_text=words
    )


def _count(label: str, words: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=MOST_USES,
        widget=forms.NumberInput(BOX),
        help_text=words,
    )


class PromoForm(forms.Form):
    """Everything but the segments. Moments are by the shop's clock."""

    code = forms.CharField(
        label="Code",
        max_length=LONGEST,
        widget=forms.TextInput({**BOX, "autocomplete": "off", "spellcheck": "false"}),
        help_text="What customers type. Small and capital letters are the same.",
    )
    description = forms.CharField(
        label="What it is for", max_length=500, required=False, widget=forms.TextInput(BOX)
    )
    discount = forms.ChoiceField(
        label="Takes off", choices=PromoCode.Discount.choices, widget=forms.Select(BOX)
    )
    value = forms.DecimalField(
        label="How much", required=False, widget=forms.NumberInput({**BOX, "step": "any"})
    )
    match = forms.ChoiceField(
        label="Customers must be in", choices=PromoCode.Match.choices, widget=forms.Select(BOX)
    )
    starts_at = _moment("From")
    ends_at = _moment("Until", "By the shop's clock. Empty: no end.")
    most_total = _count("Uses in all", "Empty: as often as you like.")
    most_each = _count("Uses per customer", "Empty: as often as they like.")
    unknown = forms.ChoiceField(
        label="Somebody the store does not know",
        choices=PromoCode.Unknown.choices,
        widget=forms.Select(BOX),
    )
    state = forms.ChoiceField(
        label="State", choices=PromoCode.State.choices, widget=forms.Select(BOX)
    )

    def draft(self, sides: Mapping[str, str]) -> Draft:
        """Return what was sent; call it on a valid form."""
        told = dict(self.cleaned_data)
        for name in ("starts_at", "ends_at"):
            if told[name] is not None:
                told[name] = told[name].replace(tzinfo=connection.tenant.zone)
        if told["discount"] == PromoCode.Discount.FREE_SHIPPING:
            told["value"] = None
        return Draft(**told, include=ids_of(sides, "include"), exclude=ids_of(sides, "exclude"))


def initial_of(draft: Draft) -> dict[str, Any]:
    """Return what the boxes show of a code."""
    told = dict(draft.__dict__)
    for name in ("starts_at", "ends_at"):
        if told[name] is not None:
            told[name] = told[name].astimezone(connection.tenant.zone).replace(tzinfo=None)
    if draft.value is not None:
        told["value"] = f"{draft.value.normalize():f}"
    return told


def sides_sent(sent: Mapping[str, str]) -> dict[str, str]:
    """Return segment id → side, as the rows were sent."""
    known = {key for key, _ in SIDES if key}
    found = {
        name.removeprefix("side-"): side
        for name, side in sent.items()
        if name.startswith("side-") and side in known
    }
    return {pk: side for pk, side in found.items() if pk.isdecimal() and len(pk) < 18}


def sides_of(draft: Draft) -> dict[str, str]:
    """Return the same of a saved code."""
    return {str(pk): "include" for pk in draft.include} | {
        str(pk): "exclude" for pk in draft.exclude
    }


def ids_of(sides: Mapping[str, str], wanted: str) -> tuple[int, ...]:
    """Return the ids on one side."""
    return tuple(sorted(int(pk) for pk, side in sides.items() if side == wanted))


@dataclass(frozen=True)
class Row:
    """A segment in the selector."""

    segment: Segment
    side: str


def rows(sides: Mapping[str, str]) -> list[Row]:
    """Return the selector's rows, what is chosen first; archived ones only when chosen."""
    chosen = [int(pk) for pk in sides]
    kept = Segment.objects.exclude(state=Segment.State.ARCHIVED) | Segment.objects.filter(
        pk__in=chosen
    )
    found = [Row(row, sides.get(str(row.pk), "")) for row in kept.order_by("name")[:MOST_ROWS]]
    return sorted(found, key=lambda row: not row.side)
