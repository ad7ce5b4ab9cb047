"""One entry a thing staff can change of a customer: the check of its value, and what SQL writes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from commerce.attributes import reads_as
from commerce.keys import key, tag_pairs
from commerce.models import AttributeDefinition

POINTS = range(-(2**31), 2**31)


class EditRefused(Exception):  # noqa: N818 - a state
    """A value cannot be; the message is for the merchant. Nothing was written."""


@dataclass(frozen=True)
class Assignment:
    """Columns of the customer c with their new values, and the names under which staff set them."""

    names: list[str]
    values: dict[str, sql.Composable]


def assignments(changes: dict[str, Any]) -> list[Assignment]:
    """Return what to write, in the order of ASSIGN; raise EditRefused."""
    unknown = changes.keys() - ASSIGN.keys()
    if unknown:
        raise EditRefused(f"“{min(unknown)}” cannot be changed here.")
    return [assign(changes[name]) for name, assign in ASSIGN.items() if name in changes]


def _vip(value: Any) -> Assignment:
    if not isinstance(value, bool):
        raise EditRefused("VIP is yes or no.")
    return Assignment(["is_vip"], {"is_vip": sql.Literal(value)})


def _by_hand(value: Any) -> Assignment:
    if value is not None and not isinstance(value, bool):
        raise EditRefused("Choose who decides whether the customer counts.")
    return Assignment([], {"left_out_by_hand": _typed(value, "boolean")})


def _points(value: Any) -> Assignment:
    is_number = isinstance(value, int) and not isinstance(value, bool) and value in POINTS
    if value is not None and not is_number:
        raise EditRefused("Points are a whole number of at most nine digits.")
    return Assignment(["loyalty_points"], {"loyalty_points": _typed(value, "integer")})


def _tier(value: Any) -> Assignment:
    if not isinstance(value, str) or len(value.strip()) > 64:
        raise EditRefused("A tier has at most 64 characters.")
    tier = value.strip()
    columns: dict[str, sql.Composable] = {
        "loyalty_tier": sql.Literal(tier),
        "tier_key": sql.Literal(key(tier, length=64)),
    }
    return Assignment(["loyalty_tier"], columns)


def _add_tags(value: Any) -> Assignment:
    tags, keys = _tags(value)
    template = sql.SQL(
        "c.{column} || ARRAY(SELECT new.{column} FROM unnest({tags}, {keys}) WITH ORDINALITY"
        " AS new (tags, tag_keys, n) WHERE new.tag_keys <> ALL(c.tag_keys) ORDER BY n)"
    )
    return _tag_columns(template, tags=_typed(tags, "varchar[]"), keys=_typed(keys, "varchar[]"))


def _remove_tags(value: Any) -> Assignment:
    template = sql.SQL(
        "ARRAY(SELECT old.{column} FROM unnest(c.tags, c.tag_keys) WITH ORDINALITY"
        " AS old (tags, tag_keys, n) WHERE old.tag_keys <> ALL({keys}) ORDER BY n)"
    )
    return _tag_columns(template, keys=_typed(_tags(value)[1], "varchar[]"))


def _tag_columns(template: sql.SQL, **parts: sql.Composable) -> Assignment:
    columns = {
        column: template.format(column=sql.Identifier(column), **parts)
        for column in ("tags", "tag_keys")
    }
    return Assignment(["tags"], dict(columns))


def _tags(value: Any) -> tuple[list[str], list[str]]:
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise EditRefused("Tags are a list of words.")
    if any(len(tag.strip()) > 255 for tag in value):
        raise EditRefused("A tag has at most 255 characters.")
    return tag_pairs(value)


def _attributes(value: Any) -> Assignment:
    if not isinstance(value, dict):
        raise EditRefused("Attributes are values by key.")
    kinds = dict(AttributeDefinition.objects.filter(key__in=value).values_list("key", "kind"))
    for name, one in value.items():
        if name not in kinds:
            raise EditRefused(f"There is no attribute “{name}”. Declare it first.")
        if one is not None and not reads_as(one, kind=kinds[name]):
            label = AttributeDefinition.Kind(kinds[name]).label.lower()
            raise EditRefused(f"“{one}” is no {label}, which the attribute “{name}” needs.")
    kept = {name: one for name, one in value.items() if one is not None}
    merged = sql.SQL("(c.attributes - {}) || {}").format(
        _typed(sorted(value), "text[]"), sql.Literal(Jsonb(kept))
    )
    return Assignment([f"attributes.{name}" for name in value], {"attributes": merged})


def _typed(value: Any, kind: str) -> sql.Composed:
    return sql.SQL("{}::{}").format(sql.Literal(value), sql.SQL(kind))  # type: ignore[arg-type]


ASSIGN: dict[str, Callable[[Any], Assignment]] = {
    "is_vip": _vip,
    "loyalty_tier": _tier,
    "loyalty_points": _points,
    "left_out_by_hand": _by_hand,
    "remove_tags": _remove_tags,
    "add_tags": _add_tags,
    "attributes": _attributes,
}
