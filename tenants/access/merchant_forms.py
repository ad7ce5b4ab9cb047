"""The boxes of the merchant's settings."""

import re
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.validators import RegexValidator

from tenants.models import Tenant

MAX_PLACES = 50
# Without the clocks of computers and of history: "posixrules", "EST5EDT", "Etc/GMT+3".
REGIONS = frozenset(
    ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe"]
) | {"Indian", "Pacific", "UTC"}
# The currencies Strata counts in; four decimal places hold all of their smallest coins.
CURRENCIES = re.findall(
    "[A-Z]{3}",
    "AED AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW "
    "MAD MXN MYR NGN NOK NZD PEN PHP PLN RON RSD SAR SEK SGD THB TRY TWD UAH USD VND ZAR",
)


class MerchantForm(forms.ModelForm):
    """Everything about a merchant that its owner may change."""

    brand_color = forms.CharField(
        label="Brand colour",
        widget=forms.TextInput({"type": "color"}),
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "Choose a colour, for example #0f766e.")],
        help_text="Colours buttons and links, darkened or lightened where it could not be read.",
    )
    timezone = forms.ChoiceField(
        label="Time zone",
        help_text="Figures count in the calendar days of this zone. Changing it is a rebuild.",
    )
    currency = forms.ChoiceField(
        choices=[(code, code) for code in CURRENCIES],
        help_text="The currency of your figures. Amounts are not converted when it changes.",
    )

    class Meta:
        model = Tenant
        fields = ("name", "industry", "brand_color", "timezone", "currency")
        help_texts = {"industry": "Which published benchmarks your scores are compared with."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = set(CURRENCIES)
        zones = {name for name in available_timezones() if name.partition("/")[0] in REGIONS}
        self.fields["timezone"].choices = _with_current(zones, self.instance.timezone)  # type: ignore[attr-defined]
        self.fields["currency"].choices = _with_current(codes, self.instance.currency)  # type: ignore[attr-defined]


class PlaceForm(forms.Form):
    """A shop, a warehouse, a market stall."""

    name = forms.CharField(max_length=100)
    latitude = forms.FloatField(min_value=-90, max_value=90)
    longitude = forms.FloatField(min_value=-180, max_value=180)


class BasePlaceFormSet(forms.BaseFormSet):
    """The places, each under a name of its own."""

    def clean(self) -> None:
        names = [place["name"].casefold() for place in self.places()]
        if len(names) != len(set(names)):
            raise forms.ValidationError("Two places have the same name. Give each its own.")

    def places(self) -> list[dict[str, Any]]:
        """Return the places that remain, as they are stored."""
        return [
            {key: form.cleaned_data[key] for key in ("name", "latitude", "longitude")}
            for form in self.forms
            if form.is_valid()
            and form.cleaned_data.get("name")
            and not form.cleaned_data.get("DELETE")
        ]


PlaceFormSet = forms.formset_factory(
    PlaceForm, formset=BasePlaceFormSet, extra=1, can_delete=True, max_num=MAX_PLACES
)


def _with_current(values: set[str], current: str) -> list[tuple[str, str]]:
    return [(value, value) for value in sorted(values | {current})]
