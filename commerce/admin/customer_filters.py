"""The filters of the customers list, and the question they put to the narrow table."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from commerce import columns, search
from commerce.models import Consent, CustomerMetrics
from commerce.models.customer import LeftOut
from commerce.text import fold

ANY_LEFT_OUT = "any"
YES_NO = [("", "Any"), ("yes", "Yes"), ("no", "No")]
LEFT_OUT = [
    ("", "Customers that count"),
    (ANY_LEFT_OUT, "Everybody left out"),
    *((value, f"Left out: {label.lower()}") for value, label in LeftOut.choices if value),
]


class CustomerFilters(forms.Form):
    """Every filter of the list; none of them is required."""

    q = forms.CharField(required=False, max_length=254, strip=True, label="Search")
    anywhere = forms.BooleanField(required=False, label="Anywhere in the text (slower)")
    country = forms.CharField(required=False, max_length=2, label="Country")
    vip = forms.ChoiceField(required=False, choices=YES_NO, label="VIP")
    tier = forms.CharField(required=False, max_length=64, label="Tier")
    tag = forms.CharField(required=False, max_length=255, label="Tag")
    consent = forms.ChoiceField(
        required=False, choices=[("", "Any"), *Consent.choices], label="E-mail consent"
    )
    last_from = forms.DateField(required=False, label="Last order from")
    last_to = forms.DateField(required=False, label="Last order until")
    spent_from = forms.DecimalField(required=False, label="Spent at least")
    spent_to = forms.DecimalField(required=False, label="Spent at most")
    left_out = forms.ChoiceField(required=False, choices=LEFT_OUT, label="Who counts")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in columns.CUSTOMERS:
            options = column.choices() if column.choices is not None else []
            if options:
                self.fields[column.key] = forms.ChoiceField(
                    required=False, choices=[("", "Any"), *options], label=column.label
                )
        for name in ("last_from", "last_to"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"})
        for name in ("country", "tier", "tag"):
            self.fields[name].widget.attrs["list"] = f"values-{name}"

    def chips(self) -> list[tuple[str, str, str]]:
        """Return (name, label, shown value) of each filter in use."""
        shown = []
        for name, value in self.cleaned_data.items():
            if value in (None, "", False) or name in ("q", "anywhere"):
                continue
            choices = dict(getattr(self.fields[name], "choices", ()))
            shown.append((name, str(self.fields[name].label), str(choices.get(value, value))))
        return shown


def narrow(asked: dict[str, Any], *, sees_contact: bool) -> QuerySet[CustomerMetrics]:
    """Return the rows that `asked` describes; a search also finds who is left out."""
    rows = _population(asked)
    if asked.get("q"):
        ids = search.customer_ids(asked["q"], sees_contact=sees_contact)
        if asked.get("anywhere") and sees_contact:
            ids += search.customer_ids_containing(asked["q"])
        rows = rows.filter(customer__in=ids)
    rows = rows.filter(**_conditions(asked))
    if asked.get("vip"):
        rows = rows.filter(is_vip=asked["vip"] == "yes")
    for column in columns.CUSTOMERS:
        if column.narrow is not None and asked.get(column.key):
            rows = column.narrow(rows, asked[column.key])
    return rows


def _population(asked: dict[str, Any]) -> QuerySet[CustomerMetrics]:
    rows = CustomerMetrics.objects.all()
    wanted = asked.get("left_out")
    if not wanted and not asked.get("q"):
        return rows.filter(in_base=True)
    rows = rows.filter(customer__merged_into=None, customer__erased_at=None)
    if wanted == ANY_LEFT_OUT:
        return rows.filter(in_base=False).exclude(customer__left_out_as="")
    return rows.filter(in_base=False, customer__left_out_as=wanted) if wanted else rows


def _conditions(asked: dict[str, Any]) -> dict[str, Any]:
    """Return look-ups on CustomerMetrics alone: no filter joins, so none is slow."""
    folded = {"tier_key": asked.get("tier"), "tag_keys__contains": asked.get("tag")}
    conditions: dict[str, Any] = {
        "country": (asked.get("country") or "").upper(),
        "email_consent": asked.get("consent"),
        "last_order_on__gte": asked.get("last_from"),
        "last_order_on__lte": asked.get("last_to"),
        "spent__gte": asked.get("spent_from"),
        "spent__lte": asked.get("spent_to"),
    }
    for name, text in folded.items():
        key = fold(text or "")
        conditions[name] = ([key] if name.startswith("tag") else key) if key else None
    return {name: value for name, value in conditions.items() if value not in (None, "")}
