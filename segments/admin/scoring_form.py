"""The scoring form: method and its thresholds, periods, weights, map and its painted cells."""

import json
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from segments.models import RfmMap, RfmSettings
from segments.scoring.rfm.definition import Definition, read_definition
from segments.scoring.rfm.maps import MAPS, OWN, clean_cells, find_map, map_choices, read_own
from segments.scoring.rfm.method import Method
from segments.scoring.rfm.methods import METHODS
from segments.scoring.rfm.thresholds import read_thresholds

DIMENSIONS = ("recency", "frequency", "money")


class ScoringForm(forms.ModelForm):  # type: ignore[type-arg]
    """The one row of settings. `cells` are painted codes as JSON; `map_name` names a new map."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spend = self.instance.minimum_spend
        self.initial["minimum_spend"] = f"{spend:.2f}" if spend else "0"

    method = forms.ChoiceField(choices=METHODS.choices)
    map_key = forms.ChoiceField(choices=map_choices)
    minimum_spend = forms.DecimalField(
        min_value=0, max_digits=18, decimal_places=2, widget=forms.TextInput
    )
    cells = forms.CharField(required=False, max_length=8_000)
    map_name = forms.CharField(required=False, max_length=80)

    class Meta:
        model = RfmSettings
        fields = (
            "method",
            "map_key",
            "frequency_days",
            "money_days",
            "weight_r",
            "weight_f",
            "weight_m",
            "exclude_first_days",
            "minimum_orders",
            "minimum_spend",
            "names_segments",
            "shows_recommendations",
        )

    def clean_cells(self) -> dict[str, str]:
        """Return the painted cells by code."""
        try:
            cells = json.loads(self.cleaned_data["cells"] or "{}")
        except ValueError:
            raise ValidationError(
                "The painted cells could not be read. Load the page again."
            ) from None
        if not isinstance(cells, dict) or not all(isinstance(key, str) for key in cells.values()):
            raise ValidationError("The painted cells could not be read. Load the page again.")
        return cells

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        method = METHODS[cleaned["method"]]
        parameters = dict(self.instance.parameters)
        parameters[method.key] = self._parameters(method)
        try:
            method.clean(parameters[method.key])
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                self.add_error(None, [f"{name.capitalize()}: {text}" for text in messages])
        self.instance.parameters = parameters
        return cleaned

    def _parameters(self, method: Method) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if method.thresholds is not None:
            for name in DIMENSIONS:
                found[name] = [
                    self.data.get(f"{method.key}-{name}-{place}", "") for place in range(4)
                ]
        if method.reads_events:
            for name in ("activity", "frequency_of"):
                found[name] = self.data.get(f"{method.key}-{name}", "")
        return found

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's hook, unknown to the stubs
        if self.errors:
            return
        try:
            read_definition(self.instance)
            clean_cells(self.cleaned_data["cells"], based_on=self._base())
        except ValidationError as error:
            self.add_error(None, error.messages)

    def _base(self) -> str:
        chosen = find_map(self.cleaned_data["map_key"])
        return chosen.based_on if not chosen.by_score else next(iter(MAPS)).key

    def definition(self) -> Definition:
        """Return what the form asks for, painted cells included, unsaved."""
        settings = self.instance
        own = self.painted()
        if own is not None:
            return replace(read_definition(settings), map=read_own(own))
        return read_definition(settings)

    def painted(self) -> RfmMap | None:
        """Return the merchant's map with the painted cells, unsaved; None without any."""
        cells = self.cleaned_data["cells"]
        if not cells:
            return None
        chosen = self.cleaned_data["map_key"]
        if chosen.startswith(OWN):
            own = RfmMap.objects.get(pk=int(chosen.removeprefix(OWN)))
            own.cells = clean_cells(own.cells | cells, based_on=own.based_on)
        else:
            name = self.cleaned_data["map_name"] or f"{find_map(chosen).label}, ours"
            own = RfmMap(name=name, based_on=chosen, cells=clean_cells(cells, based_on=chosen))
        return own


def method_cards(settings: RfmSettings) -> list[dict[str, Any]]:
    """Return each method with its boxes filled as the merchant last had them."""
    return [_card(method, settings.parameters.get(method.key, {})) for method in METHODS]


def _card(method: Method, parameters: dict[str, Any]) -> dict[str, Any]:
    rows = []
    if method.thresholds is not None:
        try:
            limits = read_thresholds(parameters, method.thresholds).as_json()
        except ValidationError:
            limits = method.thresholds.as_json()
        words = {"recency": "At most … days", "frequency": "At least …", "money": "At least …"}
        rows = [
            {"name": name, "label": name.capitalize(), "words": words[name], "limits": limits[name]}
            for name in DIMENSIONS
        ]
    return {"method": method, "rows": rows, "parameters": parameters}
