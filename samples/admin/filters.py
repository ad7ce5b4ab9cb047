"""The filters of the samples list, and those that people keep under a name."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.http import QueryDict

from commerce.admin.order_filters import believable
from samples.models import SampleFilter, SampleOrder

CREATORS = [("", "Any"), ("linked", "Linked to a creator"), ("nobody", "Linked to nobody")]
MOST_KEPT = 20


class SampleFilters(forms.Form):
    """Every filter of the list; none of them is required. `kind` is the tab."""

    kind = forms.ChoiceField(
        required=False, choices=[("", "All"), *SampleOrder.Kind.choices], label="Type"
    )
    q = forms.CharField(required=False, max_length=254, label="Search")
    state = forms.ChoiceField(
        required=False, choices=[("", "Any"), *SampleOrder.State.choices], label="Fulfilment"
    )
    creator = forms.ChoiceField(required=False, choices=CREATORS, label="Creator")
    placed_from = forms.DateField(required=False, label="Placed from", validators=[believable])
    placed_to = forms.DateField(required=False, label="Placed until", validators=[believable])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("placed_from", "placed_to"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"})

    def chips(self) -> list[tuple[str, str, str]]:
        """Return (name, label, shown value) of each filter in use."""
        shown = []
        for name, value in self.cleaned_data.items():
            if value in (None, "") or name in ("q", "kind"):
                continue
            choices = dict(getattr(self.fields[name], "choices", ()))
            shown.append((name, str(self.fields[name].label), str(choices.get(value, value))))
        return shown


def kept(user: User) -> list[SampleFilter]:
    """Return the filters that this person keeps."""
    return list(SampleFilter.objects.filter(user=user)[:MOST_KEPT])


def keep(user: User, *, name: str, query: str) -> str:
    """Keep the list's filters under a name, in place of an older one; return what is wrong."""
    name = name.strip()[:60]
    asked = QueryDict(query[:2_000])
    form = SampleFilters(asked)
    if not name:
        return "Give the filters a name."
    if not form.is_valid():
        return "These filters cannot be read, so they were not kept."
    told = QueryDict(mutable=True)
    told.update({field: asked[field] for field in form.fields if asked.get(field)})
    if len(told.urlencode()) > 1000:
        return "These filters are too long to keep."
    if (
        not SampleFilter.objects.filter(user=user, name=name).exists()
        and SampleFilter.objects.filter(user=user).count() >= MOST_KEPT
    ):
        return f"You keep {MOST_KEPT} filters already. Delete one first."
    SampleFilter.objects.update_or_create(
        user=user, name=name, defaults={"query": told.urlencode()}
    )
    return ""
