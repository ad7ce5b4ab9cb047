"""Which custom attributes the scores and the facts from events read: they cannot be deleted."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from commerce import usages
from commerce.models import FactMapping
from segments.scores import in_order
from segments.scoring.beside.run import stored_parameters
from segments.usages import fields_named


def _rules(parameters: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    for row in (*(parameters.get("signals") or ()), *(parameters.get("stages") or ())):
        if row.get("rule"):
            yield row.get("label") or row["key"], row["rule"]


def _scores_reading(key: str) -> list[tuple[str, str]]:
    """Return the merchant's own signals and stages that ask for an attribute.

    A shipped rule does without what the store does not have.
    """
    names, found = {key, f"attr.{key}"}, []
    for model in in_order():
        for label, rule in _rules(stored_parameters(model.key)):
            if names & {field for field, _ in fields_named(rule)}:
                found.append((f"{model.label}: {label}", reverse(f"admin:score_{model.key}")))
    return found


def _mappings_to(key: str) -> list[tuple[str, str]]:
    rows = FactMapping.objects.filter(attribute=key)
    return [(f"Facts from events: {row.event}", reverse("admin:facts_from_events")) for row in rows]


usages.ATTRIBUTES.register(usages.Usage("scores", "scores", _scores_reading))
usages.ATTRIBUTES.register(usages.Usage("facts", "facts from events", _mappings_to))
