"""From JSON to a tree: both notations, every bound, every fault with its place."""

import json
from collections.abc import Mapping
from typing import Any

from segments.rules.behaviour import read_behaviour
from segments.rules.bounds import BOUNDS
from segments.rules.errors import RuleError, at
from segments.rules.fields import Catalogue, Field
from segments.rules.notation import to_canonical
from segments.rules.shapes import SHAPES
from segments.rules.tree import Behaviour, Group, Leaf, Logic, Node, walk

VERSION = 1


def parse(raw: Any, catalogue: Catalogue) -> Group:
    """Read a rule. Raise RuleError, whatever `raw` is, with the place of the first fault."""
    _check_size(raw)
    if isinstance(raw, dict) and raw.get("v", VERSION) != VERSION:
        with at("v"):
            raise RuleError(f"This rule is of version {raw['v']}; this Strata reads {VERSION}.")
    tree = _Reader(catalogue).group(to_canonical(raw), depth=1)
    if not tree.rules:
        raise RuleError("Add at least one condition; a rule without any means nobody.", ("rules",))
    leaves = sum(not isinstance(node, Group) for node in walk(tree))
    if leaves > BOUNDS.max_leaves:
        raise RuleError(f"A rule holds {BOUNDS.max_leaves} conditions at most, not {leaves:,}.")
    return tree


def _check_size(raw: Any) -> None:
    try:
        size = len(json.dumps(raw, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    except (RecursionError, TypeError, ValueError):
        raise RuleError("This is not a rule: it nests too deep or is no JSON.") from None
    if size > BOUNDS.max_bytes:
        raise RuleError(f"A rule is {BOUNDS.max_bytes // 1024} KiB at most.")


class _Reader:
    """Reads nodes against one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def node(self, raw: Any, depth: int) -> Node:
        if not isinstance(raw, dict):
            raise RuleError("Expected a group or a condition.")
        if "did" in raw:
            return self._behaviour(raw, depth)
        if "rules" in raw or "logic" in raw:
            return self.group(raw, depth)
        return read_leaf(raw, self.catalogue.field, self.catalogue)

    def group(self, raw: Any, depth: int) -> Group:
        if depth > BOUNDS.max_depth:
            raise RuleError(f"Groups may nest {BOUNDS.max_depth} deep.")
        with at("logic"):
            logic = _logic(raw.get("logic", "AND"))
        with at("rules"):
            members = raw.get("rules")
            if not isinstance(members, list) or not members:
                raise RuleError("A group needs at least one condition.")
            if len(members) > BOUNDS.max_leaves:
                raise RuleError(f"A rule holds {BOUNDS.max_leaves} conditions at most.")
            rules = []
            for place, member in enumerate(members):
                with at(place):
                    rules.append(self.node(member, depth + 1 if _is_group(member) else depth))
        return Group(logic, tuple(rules), read_id(raw), read_flag(raw, "disabled"))

    def _behaviour(self, raw: Mapping[str, Any], depth: int) -> Behaviour:
        with at("did"):
            key = raw["did"]
            source = self.catalogue.source(key) if isinstance(key, str) else None
            if source is None:
                raise RuleError(f"“{str(key)[:60]}” is nothing customers have done here.")
        reader = _Reader(_RowCatalogue(source.fields, self.catalogue))
        with at("where"):
            where = reader.where(raw.get("where"), depth)
        return read_behaviour(raw, source, where, read_id(raw), read_flag(raw, "disabled"))

    def where(self, raw: Any, depth: int) -> Group | None:
        """Read the filters of a behaviour; they count their own depth."""
        if raw in (None, {}):
            return None
        if not isinstance(raw, dict):
            raise RuleError("Expected a group of filters.")
        if raw.get("rules") == []:
            return None
        return self.group(to_canonical(raw), depth + 1)


class _RowCatalogue:
    """The fields of a behaviour's rows, which cannot ask about other behaviours."""

    def __init__(self, fields: Mapping[str, Field], whole: Catalogue) -> None:
        self.fields, self.whole = fields, whole

    def field(self, key: str) -> Field | None:
        return self.fields.get(key)

    def source(self, key: str) -> None:
        return None

    def suggestions(self, key: str) -> list[str]:
        return sorted(self.fields)[:8]


def read_leaf(raw: Mapping[str, Any], find: Any, catalogue: Any) -> Leaf:
    """Read `field operator value`."""
    with at("field"):
        key = raw.get("field")
        field = find(key) if isinstance(key, str) and key else None
        if field is None:
            raise RuleError(_unknown_field(key, catalogue))
    with at("value"):
        key, value = field.kind.normal(_operator_key(raw), raw.get("value"))
    with at("operator"):
        operator = field.kind.operators.get(key)
        if operator is None:
            known = ", ".join(field.kind.operators)
            raise RuleError(f"{field.label} cannot be asked “{key[:40]}”; it takes {known}.")
    with at("value"):
        read = SHAPES[operator.takes].read(field, value)
    with at("unknown"):
        excludes = _excludes_unknown(raw.get("unknown"), is_negative=operator.is_negative)
    return Leaf(field.key, operator.key, read, excludes, read_id(raw), read_flag(raw, "disabled"))


def _operator_key(raw: Mapping[str, Any]) -> str:
    key = raw.get("operator")
    if not isinstance(key, str) or not key:
        raise RuleError("Choose an operator.")
    return key


def _unknown_field(key: Any, catalogue: Any) -> str:
    if not isinstance(key, str) or not key:
        return "Choose a field."
    near = catalogue.suggestions(key[:100])
    hint = f" Did you mean {', '.join(near)}?" if near else ""
    return f"There is no field “{key[:60]}”.{hint}"


def _excludes_unknown(raw: Any, *, is_negative: bool) -> bool:
    if raw in (None, "include"):
        return False
    if raw != "exclude":
        raise RuleError("“unknown” is “exclude” or left out.")
    if not is_negative:
        raise RuleError("Only negative operators match missing values; leave “unknown” out.")
    return True


def _logic(raw: Any) -> Logic:
    if not isinstance(raw, str) or raw.upper() not in Logic.__members__:
        raise RuleError("Expected AND, OR or NONE.")
    return Logic(raw.upper())


def _is_group(raw: Any) -> bool:
    return isinstance(raw, dict) and "did" not in raw and ("rules" in raw or "logic" in raw)


def read_id(raw: Mapping[str, Any]) -> str:
    """Read a node's stable id."""
    value = raw.get("id", "")
    if not isinstance(value, str | int) or isinstance(value, bool) or len(str(value)) > 40:
        raise RuleError("An id is a text of at most 40 characters.", ("id",))
    if not str(value).isprintable():  # what no JSON column keeps, and what nobody sees
        raise RuleError("An id holds letters, digits and signs that can be seen.", ("id",))
    return str(value)


def read_flag(raw: Mapping[str, Any], key: str) -> bool:
    """Read a yes/no that is no when left out."""
    value = raw.get(key, False)
    if not isinstance(value, bool):
        raise RuleError("Expected true or false.", (key,))
    return value
