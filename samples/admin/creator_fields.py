"""Boxes in which somebody names a creator or a sample."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from samples.creators.lookup import one_creator, one_sample, written
from samples.models import Creator, SampleOrder


class CreatorField(forms.CharField):
    """A creator by name, @handle, e-mail address or number; cleaned to the row."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Creator")
        super().__init__(max_length=254, **kwargs)
        self.widget.attrs |= {"list": "creators-known", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, Creator) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        creator = one_creator(text)
        if creator is None:
            raise ValidationError(
                "Nobody, or more than one, is called so. Choose from the list or type the @handle."
            )
        return creator


class SampleField(forms.CharField):
    """A sample by its order number; cleaned to the row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=64, label="Sample (order number)", **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.order.number if isinstance(value, SampleOrder) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        sample = one_sample(text)
        if sample is None:
            raise ValidationError("No sample has this order number.")
        return sample


class DayField(forms.DateField):
    """A local calendar day."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def known_creators() -> list[str]:
    """Return creators as the box's list offers them: the newest 300."""
    return [written(creator) for creator in Creator.objects.order_by("-pk")[:300]]
