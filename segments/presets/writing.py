"""Short ways to write a rule down."""

from collections.abc import Callable
from typing import Any

from segments.presets.preset import Rule, Told


def has(field: str, operator: str, value: Any = None) -> Rule:
    """Return a question about one value."""
    told = {} if value is None else {"value": value}
    return {"field": field, "operator": operator, **told}


def did(what: str, operator: str = "gte", value: int = 1, **more: Any) -> Rule:
    """Return a question about what somebody did: how often, unless `measure` says otherwise."""
    return {"did": what, "operator": operator, "value": value, **more}


def every(*rules: Rule) -> Rule:
    """Return ALL of `rules`."""
    return {"logic": "AND", "rules": list(rules)}


def some(*rules: Rule) -> Rule:
    """Return ANY of `rules`."""
    return {"logic": "OR", "rules": list(rules)}


def always(*rules: Rule) -> Callable[[Told], Rule]:
    """Return ALL of `rules`, whatever the store told."""
    return lambda told: every(*rules)
