"""The catalogue of one merchant: the fixed fields, their custom attributes, their events."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from commerce.event_roles import ACTIVITY
from commerce.models import AttributeDefinition, EventName
from segments.catalogue import contact, orders, product, profile, samples, scores, segments
from segments.catalogue.attributes import attribute_field, property_fields
from segments.catalogue.behaviours import SOURCES, event_source
from segments.catalogue.columns import beside
from segments.rules.fields import Field, Source
from segments.sensitive import sensitive_keys

FAMILIES = {
    "profile": ("Profile", (*profile.FIELDS, *contact.FIELDS), frozenset({"profile"})),
    "orders": ("Orders", orders.FIELDS, frozenset({"orders"})),
    "product": ("Product", product.FIELDS, frozenset({ACTIVITY})),
    "scores": ("Scores", scores.FIELDS, frozenset({"score:rfm"})),
    "segments": (
        "Segments and samples",
        (*segments.FIELDS, *samples.FIELDS),
        frozenset({"profile"}),
    ),
}
ATTRIBUTES = ("attributes", "Custom attributes")


def _fixed() -> dict[str, Field]:
    found: dict[str, Field] = {}
    for family, (_, fields, facts) in FAMILIES.items():
        for field in fields:
            if field.key in found:
                raise ValueError(f"two fields are called “{field.key}”")
            placed = field.placed(family, facts)
            found[field.key] = replace(placed, beside=beside(field.sql))
    return found


FIXED = _fixed()


class StoreCatalogue:
    """What may be asked in the store whose schema the connection stands in.

    Reads the store's own definitions once; make a new one for each request or run.
    """

    @cached_property
    def attributes(self) -> dict[str, Field]:
        """The merchant's custom attributes as fields, by `attr.<key>`."""
        fields = map(attribute_field, AttributeDefinition.objects.all())
        return {field.key: field for field in fields}

    @cached_property
    def sources(self) -> dict[str, Source]:
        """Orders, lines, refunds, samples and every event the store has data for."""
        found = {source.key: source for source in (*SOURCES, samples.SOURCE)}
        for event in EventName.objects.all():
            if event.name not in found:
                found[event.name] = event_source(event.name, event.label, property_fields(event))
        return found

    def field(self, key: str) -> Field | None:
        """Return a field by key; a bare name that is no field means a custom attribute."""
        return FIXED.get(key) or self.attributes.get(key) or self.attributes.get(f"attr.{key}")

    def source(self, key: str) -> Source | None:
        """Return a behaviour by key."""
        return self.sources.get(key)

    def suggestions(self, key: str) -> Sequence[str]:
        """Return the known keys nearest to a misspelt one."""
        return get_close_matches(key, [*FIXED, *self.attributes], n=3, cutoff=0.6)

    def __iter__(self) -> Iterator[Field]:
        """Yield every field, marked as the merchant's setting of sensitive fields says."""
        marked = sensitive_keys()
        for field in FIXED.values():
            yield replace(field, is_sensitive=field.key in marked)
        yield from self.attributes.values()

    def describe(self) -> dict[str, Any]:
        """Return every field and behaviour as the builder and the API need them."""
        families = [{"key": key, "label": label} for key, (label, *_) in FAMILIES.items()]
        return {
            "families": [*families, dict(zip(("key", "label"), ATTRIBUTES, strict=True))],
            "fields": [_describe(field) for field in self],
            "behaviours": [_describe_source(source) for source in self.sources.values()],
        }


def _describe(field: Field) -> dict[str, Any]:
    return {
        "key": field.key,
        "label": field.label,
        "family": field.family,
        "kind": field.kind.key,
        "is_sensitive": field.is_sensitive,
        "help": field.help,
        "choices": [{"key": key, "label": label} for key, label in field.choices()],
        "operators": field.kind.describe()["operators"],
    }


def _describe_source(source: Source) -> dict[str, Any]:
    return {
        "key": source.key,
        "label": source.label,
        "nouns": source.nouns,
        "fields": [_describe(field) for field in source.fields.values()],
    }
