"""Custom attributes and event properties: values inside JSON, read by their declared kind."""

from django.db.models import F

from commerce.models import AttributeDefinition, Customer, EventName
from segments.catalogue.json_values import JsonValue
from segments.rules.fields import Beside, Field
from segments.rules.kinds import DAY, MOMENT, MONEY, NUMBER, YES_NO, Kind
from segments.rules.kinds.spelt import SPELT_LIST, SPELT_TEXT

KINDS: dict[str, Kind] = {
    "text": SPELT_TEXT,
    "number": NUMBER,
    "money": MONEY,
    "yes_no": YES_NO,
    "date": DAY,
    "moment": MOMENT,
    "list": SPELT_LIST,
}


def attribute_field(definition: AttributeDefinition) -> Field:
    """Return a custom attribute as the field `attr.<key>`."""
    column = F("customer__attributes")
    return Field(
        f"attr.{definition.key}",
        definition.label,
        KINDS[definition.kind],
        lambda scope: JsonValue(column, definition.key, definition.kind),
        family="attributes",
        phrase=definition.label,
        spelling=f"attr.{definition.key}",
        facts=frozenset({"profile"}),
        is_sensitive=definition.is_sensitive,
        beside=Beside(
            Customer, lambda scope: JsonValue(F("attributes"), definition.key, definition.kind)
        ),
    )


def property_fields(event: EventName) -> dict[str, Field]:
    """Return an event's properties as the fields `prop.<key>`."""
    return {
        f"prop.{key}": _property_field(event, key, kind) for key, kind in event.properties.items()
    }


def _property_field(event: EventName, key: str, kind: str) -> Field:
    return Field(
        f"prop.{key}",
        key.replace("_", " ").capitalize(),
        KINDS[kind],
        lambda scope: JsonValue(F("properties"), key, kind),
        spelling=f"event.{event.name}.{key}",
    )
