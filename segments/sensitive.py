"""Sensitive fields: asking by one needs a permission, leaves an audit row, and is not shown to all.

Every door that reads a rule asks here: `check` before it is kept or counted, `shown` before it is
said. Which built-in fields are sensitive is the merchant's setting; a custom attribute says it
itself. Nobody (`None`) is Strata at work for the merchant: a job, a command, a ready-made segment.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import AnonymousUser, PermissionsMixin

from commerce.models import AttributeDefinition
from segments.models import SensitiveFields
from segments.rules.errors import RuleError, Step
from segments.rules.fields import Catalogue, Field
from segments.rules.kinds.base import Kind
from segments.rules.operators import Operator, table
from segments.rules.tree import Group, Leaf, Node
from tenants import audit

PERMISSION = "segments.use_sensitive_fields"
DEFAULTS = ("age", "location")
# What may be marked: who somebody is and where. Names and addresses have a permission of their own.
MARKABLE = (
    *("age", "birthday", "location", "postal_code", "city", "region", "country", "language"),
    *("tags", "loyalty_tier", "communication_channel"),
)
Asker = audit.Actor
REFUSAL = (
    "This segment asks by sensitive fields, which your role does not show."
    " Save yours as a new segment."
)


def sensitive_keys() -> frozenset[str]:
    """Return the keys of all sensitive fields of this merchant, attributes as `attr.<key>`."""
    row = SensitiveFields.objects.filter(pk=1).first()
    own = AttributeDefinition.objects.filter(is_sensitive=True).values_list("key", flat=True)
    return frozenset(row.keys if row else DEFAULTS) | {f"attr.{key}" for key in own}


def may_use(asker: Asker) -> bool:
    """Say whether somebody may ask by sensitive fields."""
    if isinstance(asker, PermissionsMixin | AnonymousUser):
        return asker.has_perm(PERMISSION)
    return asker is None


def used(tree: Group) -> list[tuple[str, tuple[Step, ...]]]:
    """Return (key, path) of each question by a sensitive field, those switched off included."""
    found = list(_places(tree))
    keys = sensitive_keys() if found else frozenset()
    return [(leaf.field, path) for leaf, path in found if leaf.field in keys]


def faults(tree: Group, *, asker: Asker) -> list[RuleError]:
    """Return a fault, with its path, for each sensitive question that `asker` may not ask."""
    if may_use(asker):
        return []
    return [
        RuleError("This field is sensitive; your role may not ask by it.", path)
        for _, path in used(tree)
    ]


def check(tree: Group, *, asker: Asker) -> None:
    """Raise the first fault."""
    for fault in faults(tree, asker=asker):
        raise fault


def note_use(tree: Group, *, asker: Asker, subject: Any) -> None:
    """Leave an audit row when a saved rule asks by sensitive fields: which, never which values."""
    if keys := sorted({key for key, _ in used(tree)}):
        audit.record(asker, "sensitive_use", subject, fields=keys)


def check_saved(rules: Any, *, asker: Asker) -> None:
    """Refuse to put something else in the place of a rule that `asker` may not read."""
    if hides(rules, asker=asker):
        raise RuleError(REFUSAL)


def hides(rules: Any, *, asker: Asker) -> bool:
    """Say whether a saved rule, JSON or nothing, holds what `asker` may not read."""
    return hider(asker)(rules)


def hider(asker: Asker) -> Callable[[Any], bool]:
    """Return `hides` for many rules: who asks, and which fields are sensitive, is read once."""
    keys = frozenset() if may_use(asker) else sensitive_keys()
    return lambda rules: not keys.isdisjoint(_named(rules))


def _named(rules: Any) -> Iterator[str]:
    if isinstance(rules, dict):
        if isinstance(rules.get("field"), str):
            yield rules["field"]
        rules = rules.get("rules")
    for rule in rules if isinstance(rules, list) else ():
        yield from _named(rule)


def set_sensitive(keys: Iterable[str], *, by: Asker) -> None:
    """Make these built-in fields, and no others, sensitive. Raise ValueError for others."""
    wanted = sorted(set(keys))
    for key in wanted:
        if key not in MARKABLE:
            raise ValueError(f"“{key}” is no field that can be marked.")
    SensitiveFields.objects.update_or_create(pk=1, defaults={"keys": wanted})
    audit.record(by, "sensitive_fields", SensitiveFields, fields=wanted)


def _places(node: Node, path: tuple[Step, ...] = ()) -> Iterator[tuple[Leaf, tuple[Step, ...]]]:
    if isinstance(node, Leaf):
        yield node, path
    if isinstance(node, Group):
        for place, rule in enumerate(node.rules):
            yield from _places(rule, (*path, "rules", place))


class _Withheld(Kind):
    key, label = "withheld", "Withheld"
    operators = table(
        Operator("withheld", "is withheld", "that your role does not show", None, takes="none")  # type: ignore[arg-type]
    )


WITHHELD = Field("", "Sensitive", _Withheld(), lambda scope: None, phrase="a sensitive condition")


class _Redacted:
    """A catalogue that also knows the condition put in the place of a sensitive one."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def field(self, key: str) -> Field | None:
        return self.catalogue.field(key) if key else WITHHELD

    def __getattr__(self, name: str) -> Any:
        return getattr(self.catalogue, name)


def shown(tree: Group, catalogue: Catalogue, *, asker: Asker) -> tuple[Group, Catalogue, bool]:
    """Return what to say of a rule to `asker`, by which catalogue, and whether it is whole.

    Of a sensitive condition nothing is left but that there is one.
    """
    if may_use(asker) or not used(tree):
        return tree, catalogue, True
    return _without(tree, sensitive_keys()), _Redacted(catalogue), False  # type: ignore[return-value]


def _without(node: Any, keys: frozenset[str]) -> Any:
    if isinstance(node, Leaf) and node.field in keys:
        return Leaf("", "withheld", id=node.id, disabled=node.disabled)
    if isinstance(node, Group):
        return replace(node, rules=tuple(_without(rule, keys) for rule in node.rules))
    return node
