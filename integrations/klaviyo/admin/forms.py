"""What connecting Klaviyo and keeping a list in step ask for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from integrations.models import KlaviyoList
from segments.models import Segment
from tenants.secrets import SecretFormField

NEW_SEGMENT = "new"
Lists = list[dict[str, str]]  # within the form, `list` is its box


class KeyForm(forms.Form):
    """A private key."""

    key = SecretFormField(
        label="Private key",
        max_length=250,
        help_text="Klaviyo shows it once, under Settings, API keys. It is tried at once, kept "
        "encrypted and never shown again.",
    )


class ListForm(forms.Form):
    """A segment, a list, and how they are kept in step."""

    segment = forms.ChoiceField(label="Segment")
    list = forms.ChoiceField(label="List at Klaviyo", required=False)
    new_list = forms.CharField(
        label="Or the name of a new list",
        max_length=255,
        required=False,
        help_text="It is made at Klaviyo, without members and without flows.",
    )
    direction = forms.ChoiceField(
        label="Direction",
        choices=KlaviyoList.Direction.choices,
        help_text="Members are written into segments that are chosen by hand. All others fill "
        "themselves: read from Klaviyo, they learn whom not to send again, and nothing else.",
    )
    policy = forms.ChoiceField(
        label="When the list is changed at Klaviyo",
        required=False,
        choices=[("", "As usual for this kind of segment"), *KlaviyoList.Policy.choices],
        help_text="“Strata decides” undoes it. “Klaviyo decides” lets it stand: who was taken out "
        "is not sent again.",
    )
    subscribed_only = forms.BooleanField(
        label="Only customers who have subscribed",
        required=False,
        help_text="Being in a list is no consent. Without this, customers who never said yes or no "
        "are in the list too; who has unsubscribed never is.",
    )

    def __init__(self, *args: Any, lists: Lists, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Segment.objects.exclude(state=Segment.State.ARCHIVED).order_by("name")
        named = [(str(pk), name) for pk, name in rows.values_list("pk", "name")]
        new = (NEW_SEGMENT, "A new segment, chosen by hand, with the list’s people")
        chosen = [("", "Choose a list"), *((row["id"], row["name"]) for row in lists)]
        self.fields["segment"].choices = [*named, new]  # type: ignore[attr-defined]
        self.fields["list"].choices = chosen  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if bool(told.get("list")) == bool((told.get("new_list") or "").strip()):
            raise ValidationError("Choose a list, or name a new one.")
        is_new = told.get("segment") == NEW_SEGMENT
        if is_new and told.get("direction") == KlaviyoList.Direction.PUSH:
            raise ValidationError(
                {"direction": "A new segment has nobody to send. Read the list, or go both ways."}
            )
        return told

    @property
    def chosen_segment(self) -> Segment | None:
        """The segment, None for a new one."""
        pk = self.cleaned_data["segment"]
        return None if pk == NEW_SEGMENT else Segment.objects.get(pk=int(pk))
