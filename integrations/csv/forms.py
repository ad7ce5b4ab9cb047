"""What the import pages ask for: a file, and how its columns are to be read."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat

from integrations.csv.attributes import key_of
from integrations.csv.fields import ATTRIBUTE, FIELDS, PROPERTY, Kind
from integrations.csv.mapping import Mapping
from integrations.csv.moments import STYLES
from integrations.models import ImportFile

DECIMALS = {".": "Point: 1,234.50", ",": "Comma: 1.234,50"}


class UploadForm(forms.Form):
    """A file and what it holds."""

    kind = forms.ChoiceField(label="What does it hold?", choices=ImportFile.Kind.choices)
    file = forms.FileField(label="File")

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                f"The file is larger than {filesizeformat(settings.UPLOAD_MAX_BYTES)}. "
                "Split it, pack it with gzip, or have it imported by command."
            )
        return upload


class StyleForm(forms.Form):
    """How the file writes dates and numbers."""

    dates = forms.ChoiceField(label="Dates are written", choices=list(STYLES.items()))
    decimal = forms.ChoiceField(label="Decimals are written with a", choices=list(DECIMALS.items()))
    timezone = forms.CharField(label="Times without a zone are in", max_length=63)
    refund_prefix = forms.CharField(
        label="Negative invoices begin with", max_length=8, required=False,
        help_text="Their rows become refunds, not orders. Leave it empty if there are none.",
    )  # fmt: skip
    rates = forms.CharField(
        label="Rates of other currencies", max_length=300, required=False,
        help_text="For example EUR=0.86, USD=0.79. Rows in other currencies are kept out of all "
        "numbers.",
    )  # fmt: skip

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind != Kind.ORDERS:
            del self.fields["refund_prefix"], self.fields["rates"]

    def clean_timezone(self) -> str:
        zone: str = self.cleaned_data["timezone"].strip()
        if zone not in available_timezones():
            raise forms.ValidationError("Write a zone like Europe/London.")
        return zone

    def clean_rates(self) -> dict[str, str]:
        pairs = [part.split("=") for part in self.cleaned_data["rates"].split(",") if part.strip()]
        if any(len(pair) != 2 for pair in pairs):
            raise forms.ValidationError("Write rates like EUR=0.86, USD=0.79.")
        return {code.strip().upper(): rate.strip() for code, rate in pairs}

    @staticmethod
    def initial_of(mapping: Mapping) -> dict[str, Any]:
        """Return what the boxes show for `mapping`."""
        rates = ", ".join(f"{code}={rate}" for code, rate in mapping.rates.items())
        return {**mapping.as_json(), "rates": rates}


def chosen_columns(mapping: Mapping, posted: QueryDict) -> dict[str, str]:
    """Return what each column is said to mean; columns the page did not send stay as they are."""
    return {
        label: posted.get(f"column-{position}", mapping.columns.get(label, ""))[:200]
        for position, label in enumerate(mapping.labels)
    }


def choices_for(kind: str, label: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the groups of meanings a column called `label` can have."""
    groups: dict[str, list[tuple[str, str]]] = {"": [("", "Leave out")]}
    for field in FIELDS[Kind(kind)]:
        groups.setdefault(field.group, []).append((field.key, field.label))
    own = key_of(label.removeprefix(ATTRIBUTE))
    if kind == Kind.CUSTOMERS:
        groups["Custom"] = [(ATTRIBUTE + own, f"Custom attribute “{own}”")]
    if kind == Kind.EVENTS:
        name = label.removeprefix(PROPERTY)
        groups["Custom"] = [(PROPERTY + name, f"Property “{name}”")]
    return list(groups.items())
