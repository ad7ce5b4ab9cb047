"""The key style of other systems, rewritten in ours: `{"AND": [{"mrr": {"gte": 200}}]}`."""

from typing import Any

from segments.rules.bounds import BOUNDS
from segments.rules.errors import RuleError, at
from segments.rules.tree import Logic

# The words of a node in our own notation; any other single key is a field of the key style.
OWN = frozenset({"logic", "rules", "field", "operator", "did", "v", "id", "disabled"})


def to_canonical(raw: Any, depth: int = 1) -> Any:
    """Return `raw` in our notation; raise RuleError where it is neither."""
    if not isinstance(raw, dict):
        raise RuleError("Expected a rule: a group of conditions.")
    if depth > BOUNDS.max_depth + 1:
        raise RuleError(f"Groups may nest {BOUNDS.max_depth} deep.")
    if "field" in raw or "did" in raw:
        return _wrapped(raw, depth)
    if OWN & raw.keys():
        return raw | {"rules": _members(raw, "rules", depth)}
    return _from_keys(raw, depth)


def _wrapped(raw: dict[str, Any], depth: int) -> dict[str, Any]:
    """A bare condition is a rule of one; below the root it stays what it is."""
    return {"logic": "AND", "rules": [raw]} if depth == 1 else raw


def _members(raw: dict[str, Any], key: str, depth: int) -> Any:
    members = raw.get(key)
    if not isinstance(members, list):
        return members
    found = []
    for place, member in enumerate(members):
        with at(key, place):
            found.append(to_canonical(member, depth + 1))
    return found


def _from_keys(raw: dict[str, Any], depth: int) -> dict[str, Any]:
    logics = [key for key in raw if isinstance(key, str) and key.upper() in Logic.__members__]
    if logics and len(raw) == 1:
        return {"logic": logics[0].upper(), "rules": _members(raw, logics[0], depth)}
    if logics:
        raise RuleError("A group has one of AND, OR, NONE and nothing beside it.")
    if not raw:
        raise RuleError("Expected a group or a condition.")
    leaves = [leaf for key, asked in raw.items() for leaf in _leaves(key, asked)]
    # Several fields or several operators in one object all have to hold.
    return leaves[0] if depth > 1 and len(leaves) == 1 else {"logic": "AND", "rules": leaves}


def _leaves(key: Any, asked: Any) -> list[dict[str, Any]]:
    if isinstance(asked, dict):
        if not asked:
            raise RuleError("Choose an operator.", (str(key),))
        return [
            {"field": key, "operator": operator, "value": value}
            for operator, value in asked.items()
        ]
    if isinstance(asked, list):
        return [{"field": key, "operator": "in", "value": asked}]
    return [{"field": key, "operator": "eq", "value": asked}]
