"""Reading what the builder sends: JSON at its word, every fault with its place, contact fields."""

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, JsonResponse, RawPostDataException

from commerce.admin.contact import sees_contact
from segments.rules.bounds import BOUNDS
from segments.rules.errors import RuleError, Step
from segments.rules.fields import Catalogue
from segments.rules.parse import parse
from segments.rules.tree import Behaviour, Group, Leaf, Node

LARGEST = 4 * BOUNDS.max_bytes  # a rule written with indents and escapes, its name beside it
MOST_FAULTS = 20
FINE = {"field": "total_orders", "operator": "is_set"}
# What names a person: whoever may not see it may not ask by it either, one address at a time.
# “creator”: whose a sample is, by name.
CONTACT = frozenset({"email", "email_domain", "phone", "first_name", "last_name", "creator"})


def read_body(request: HttpRequest) -> dict[str, Any]:
    """Return the request's JSON object; raise RuleError for anything else."""
    try:
        body = request.body
        if len(body) > LARGEST:
            raise RuleError(f"A rule is {BOUNDS.max_bytes // 1024} KiB at most.")
        raw = json.loads(body)
        text = json.dumps(raw, ensure_ascii=False)
        text.encode()
    except (RawPostDataException, RecursionError, ValueError) as error:
        if isinstance(error, RuleError):
            raise
        raise RuleError("This could not be read. Reload the page and try again.") from None
    if "\\u0000" in text:
        raise RuleError("This text holds characters that cannot be stored. Type it again.")
    if not isinstance(raw, dict):
        raise RuleError("This could not be read. Reload the page and try again.")
    return raw


def refusal(*faults: RuleError, status: int = 400) -> JsonResponse:
    """Answer what is wrong, each fault with its path."""
    return JsonResponse({"errors": [fault.as_dict() for fault in faults]}, status=status)


def faults_of(rules: Any, catalogue: Catalogue) -> list[RuleError]:
    """Return what is wrong with `rules`: one fault per condition, so that each box is marked."""
    found: list[RuleError] = []
    try:
        for _ in range(MOST_FAULTS):
            try:
                parse(rules, catalogue)
            except RuleError as error:
                if not found:
                    rules = json.loads(json.dumps(rules))
                found.append(error)
                if not _mend(rules, error.path):
                    break
            else:
                break
    except (RecursionError, TypeError, ValueError):
        pass  # the first fault says that this is no rule
    return found


def _mend(rules: Any, path: tuple[Step, ...]) -> bool:
    """Put something valid where the fault is, so that the next one shows; say if that worked."""
    node: Any = rules
    parent: Any = None
    place: Any = None
    for step in path:
        if _is_condition(node):
            break
        if step == "logic" and isinstance(node, dict):
            node["logic"] = "AND"
            return True
        if step == "rules" and isinstance(node, dict) and not node.get("rules"):
            node["rules"] = [FINE]
            return True
        try:
            node, parent, place = node[step], node, step
        except (KeyError, IndexError, TypeError):
            return False
    if not isinstance(parent, list):
        return False
    parent[place] = FINE
    return True


def _is_condition(node: Any) -> bool:
    return isinstance(node, dict) and ("field" in node or "did" in node)


def places(node: Node, path: tuple[Step, ...] = ()) -> Iterator[tuple[Leaf, tuple[Step, ...]]]:
    """Yield the questions about customers, each with its path."""
    if isinstance(node, Leaf):
        yield node, path
    if isinstance(node, Group):
        for place, rule in enumerate(node.rules):
            if not isinstance(rule, Behaviour):
                yield from places(rule, (*path, "rules", place))


def filters(node: Node, path: tuple[Step, ...] = ()) -> Iterator[tuple[Leaf, tuple[Step, ...]]]:
    """Yield the questions about what customers did, each with its path."""
    if isinstance(node, Behaviour) and node.where is not None:
        yield from places(node.where, (*path, "where"))
    if isinstance(node, Group):
        for place, rule in enumerate(node.rules):
            yield from filters(rule, (*path, "rules", place))


def names_people(tree: Group) -> bool:
    """Say whether a rule asks by what names a person."""
    return any(leaf.field in CONTACT for leaf, _ in (*places(tree), *filters(tree)))


def contact_faults(tree: Group, request: HttpRequest) -> list[RuleError]:
    """Return a fault for each question that whoever asks may not know the answer to."""
    if sees_contact(request):
        return []
    return [
        RuleError("Your role may not ask by names, e-mail addresses or phone numbers.", path)
        for leaf, path in (*places(tree), *filters(tree))
        if leaf.field in CONTACT
    ]
