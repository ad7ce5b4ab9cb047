"""What staff may change of a customer, from boxes to a change the service takes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from commerce.attributes import parse, show
from commerce.models import AttributeDefinition, Customer

PREFIX = "attr."
WHO_COUNTS = [("", "As the rules of “Who counts” say"), ("out", "Left out"), ("in", "Counts")]
BY_HAND = {"": None, "out": True, "in": False}


def words(text: str) -> list[str]:
    """Return the words of a box that takes several, separated by commas, each once."""
    return list(dict.fromkeys(part.strip()[:255] for part in text.split(",") if part.strip()))


class AttributeField(forms.CharField):
    """A box that reads as its attribute's kind; an empty one means no value."""

    def __init__(self, definition: AttributeDefinition, **kwargs: Any) -> None:
        super().__init__(required=False, label=definition.label, **kwargs)
        self.definition = definition
        if definition.kind == AttributeDefinition.Kind.DATE:
            self.widget = forms.DateInput(attrs={"type": "date"})
        if definition.kind == AttributeDefinition.Kind.YES_NO:
            self.widget = forms.Select(choices=[("", "—"), ("yes", "Yes"), ("no", "No")])
        if definition.kind == AttributeDefinition.Kind.LIST:
            self.help_text = "Separate with commas."

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text == "":
            return None
        try:
            return parse(text, kind=self.definition.kind)
        except ValueError as error:
            raise ValidationError(str(error)) from None


class EditForm(forms.Form):
    """One customer's tier, points, attributes, who counts. Tags and VIP have buttons."""

    loyalty_tier = forms.CharField(required=False, max_length=64, label="Tier")
    loyalty_points = forms.IntegerField(
        required=False, label="Points", min_value=-(2**31), max_value=2**31 - 1
    )
    by_hand = forms.ChoiceField(required=False, choices=WHO_COUNTS, label="Who counts")

    def __init__(self, customer: Customer, *, sees: bool, data: Any = None) -> None:
        hand = {value: key for key, value in BY_HAND.items()}[customer.left_out_by_hand]
        initial: dict[str, Any] = {
            "loyalty_tier": customer.loyalty_tier,
            "loyalty_points": customer.loyalty_points,
            "by_hand": hand,
        }
        definitions = [
            each for each in AttributeDefinition.objects.all() if sees or not each.is_sensitive
        ]
        for each in definitions:
            initial[PREFIX + each.key] = show(customer.attributes.get(each.key), kind=each.kind)
        super().__init__(data, initial=initial)
        for each in definitions:
            self.fields[PREFIX + each.key] = AttributeField(each)

    def changes(self) -> dict[str, Any]:
        """Return what was changed: values by field, attributes together, None takes one away."""
        values = {name: self.cleaned_data[name] for name in self.changed_data}
        changed: dict[str, Any] = {
            name: values[name] for name in ("loyalty_tier", "loyalty_points") if name in values
        }
        if "by_hand" in values:
            changed["left_out_by_hand"] = BY_HAND[values["by_hand"]]
        attributes = {
            name.removeprefix(PREFIX): value
            for name, value in values.items()
            if name.startswith(PREFIX)
        }
        return changed | ({"attributes": attributes} if attributes else {})


class BulkForm(forms.Form):
    """One change for many customers."""

    ACTIONS = [
        ("vip_on", "Make VIP"),
        ("vip_off", "Take VIP away"),
        ("add_tags", "Add tags"),
        ("remove_tags", "Remove tags"),
        ("tier", "Set the tier"),
        ("attribute", "Set an attribute"),
    ]
    action = forms.ChoiceField(choices=ACTIONS, label="What to do")
    text = forms.CharField(required=False, max_length=1_000, label="Value")
    attribute = forms.ModelChoiceField(
        AttributeDefinition.objects.none(), required=False, to_field_name="key", label="Attribute"
    )

    def __init__(self, *args: Any, sees: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        definitions = AttributeDefinition.objects.all()
        allowed = definitions if sees else definitions.filter(is_sensitive=False)
        self.fields["attribute"].queryset = allowed  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        action, text = cleaned.get("action"), cleaned.get("text", "")
        if action in ("add_tags", "remove_tags") and not words(text):
            self.add_error("text", "Enter at least one tag.")
        if action == "tier" and len(text) > 64:
            self.add_error("text", "A tier has at most 64 characters.")
        if action == "attribute" and not cleaned.get("attribute"):
            self.add_error("attribute", "Choose the attribute.")
        elif action == "attribute" and text:
            try:
                cleaned["value"] = parse(text, kind=cleaned["attribute"].kind)
            except ValueError as error:
                self.add_error("text", str(error))
        return cleaned

    def changes(self) -> dict[str, Any]:
        """Return the change in the same form as EditForm's, with added and removed tags."""
        action, text = self.cleaned_data["action"], self.cleaned_data["text"]
        if action == "attribute":
            return {
                "attributes": {self.cleaned_data["attribute"].key: self.cleaned_data.get("value")}
            }
        known: dict[str, dict[str, Any]] = {
            "vip_on": {"is_vip": True},
            "vip_off": {"is_vip": False},
            "add_tags": {"add_tags": words(text)},
            "remove_tags": {"remove_tags": words(text)},
            "tier": {"loyalty_tier": text},
        }
        return known[action]

    def sentence(self) -> str:
        """Return the change in words, beginning after “This will”."""
        text = self.cleaned_data["text"]
        tags = ", ".join(f"“{word}”" for word in words(text))
        attribute = self.cleaned_data.get("attribute")
        emptied = f"empty “{attribute}” of" if attribute else ""
        return {
            "vip_on": "mark as VIP",
            "vip_off": "take the VIP mark from",
            "add_tags": f"add {tags} to",
            "remove_tags": f"remove {tags} from",
            "tier": f"set the tier “{text}” for" if text else "empty the tier of",
            "attribute": f"set “{attribute}” to “{text}” for" if text else emptied,
        }[self.cleaned_data["action"]]
