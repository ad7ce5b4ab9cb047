"""The form that makes a service key."""

from datetime import datetime, timedelta
from typing import Any

from django import forms

from tenants.access.service_keys import Terms
from tenants.web.addresses import offered_scopes
from tenants.web.scopes import PER_MINUTE, SCOPES

FASTEST = 60_000  # a minute: a thousand a second, more than one machine answers
LIVES = ((30, "30 days"), (90, "90 days"), (365, "a year"), (0, "no end"))
OVERLAPS = ((0, "at once"), (1, "in an hour"), (24, "in a day"), (168, "in a week"))


class ServiceKeyForm(forms.Form):
    """A name, what the key may do, how long it lasts, and how often it may ask."""

    label = forms.CharField(
        label="What is it for?", max_length=80, help_text="For example “Warehouse” or “Website”."
    )
    scopes = forms.MultipleChoiceField(
        label="What may it do?",
        error_messages={
            "required": "Choose at least one thing the key may do.",
            "invalid_choice": "Choose among the boxes.",
        },
    )
    days = forms.TypedChoiceField(label="It works for", coerce=int, choices=LIVES, initial=365)
    per_minute = forms.IntegerField(
        label="Requests a minute",
        required=False,
        min_value=1,
        max_value=FASTEST,
        help_text=f"{PER_MINUTE} if you leave it empty.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(one.key, one.label) for one in offered_scopes()]  # type: ignore[attr-defined]

    def terms(self, *, at: datetime) -> Terms:
        """Return what was chosen; call it on a valid form."""
        data = self.cleaned_data
        usual = max(SCOPES[key].per_minute for key in data["scopes"])
        return Terms(
            label=data["label"],
            scopes=data["scopes"],
            per_minute=data["per_minute"] or usual,
            expires_at=at + timedelta(days=data["days"]) if data["days"] else None,
        )


class RateForm(forms.Form):
    """How often an existing key may ask."""

    per_minute = forms.IntegerField(min_value=1, max_value=FASTEST)


class ReplaceForm(forms.Form):
    """When the old key ends, in hours from now."""

    hours = forms.TypedChoiceField(coerce=int, choices=OVERLAPS)
