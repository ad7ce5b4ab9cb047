"""The platform's forms: a new merchant, a suspension, a deletion."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError

from tenants.models import Tenant
from tenants.provisioning import request_merchant
from tenants.slugs import validate_slug

ZONES = [(zone, zone) for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"]
FIELDS = {"schema_name": "slug"}


class MerchantForm(forms.Form):
    """What a merchant needs to begin with; the rest is the merchant's own to set."""

    slug = forms.CharField(
        label="Slug",
        min_length=2,
        max_length=31,
        validators=[validate_slug],
        help_text="Lower-case letters and digits, for example greenshop. It cannot be changed.",
    )
    name = forms.CharField(label="Name", max_length=100)
    timezone = forms.ChoiceField(
        label="Time zone",
        choices=ZONES,
        initial="UTC",
        help_text="Every figure counts in days of this zone.",
    )
    currency = forms.CharField(
        label="Currency", initial="USD", max_length=3, help_text="Three letters, such as EUR."
    )
    industry = forms.ChoiceField(label="Industry", choices=Tenant.Industry.choices)
    owner_email = forms.EmailField(
        label="First owner's e-mail", required=False, help_text="Invited when the set-up is done."
    )

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def save(self) -> Tenant | None:
        """Request the merchant; None when it was refused, with the reason at its box."""
        try:
            return request_merchant(**self.cleaned_data)
        except ValidationError as error:
            self._show(error)
            return None

    def _show(self, error: ValidationError) -> None:
        by_field: dict[str, Any] = getattr(error, "error_dict", {"__all__": error})
        for name, found in by_field.items():
            box = FIELDS.get(name, name)
            self.add_error(box if box in self.fields else None, found)


class RenameForm(forms.Form):
    """What the platform may change later; time zone and currency are the merchant's own page."""

    name = forms.CharField(label="Name", max_length=100)
    industry = forms.ChoiceField(label="Industry", choices=Tenant.Industry.choices)


class HostForm(forms.Form):
    """Another host the merchant answers on."""

    host = forms.CharField(
        label="Another host",
        max_length=253,
        help_text="Point its name at this installation first, and name it in ALLOWED_HOSTS.",
    )


class SuspendForm(forms.Form):
    """Why a merchant stands still: for the staff, never shown to the merchant."""

    reason = forms.CharField(
        label="Reason", max_length=200, help_text="For the platform's staff; not shown to the shop."
    )


class DeleteForm(forms.Form):
    """The slug, typed by hand."""

    slug = forms.CharField(
        label="Slug", widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
