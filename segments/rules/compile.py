"""From a tree to one condition over CustomerMetrics: `rows.filter(compile_rule(…))`.

Every condition answers true or false for every customer; what is not evaluated is left out.
"""

from typing import Any

from django.db.models import Q

from segments.rules.compile_behaviour import compile_behaviour
from segments.rules.compile_leaf import build, combine, compile_leaf, on_rows
from segments.rules.conditions import every, some
from segments.rules.fields import Catalogue, Field
from segments.rules.scope import Scope
from segments.rules.tree import Group, Leaf, Logic, Node, enabled


def compile_rule(node: Node, catalogue: Catalogue, scope: Scope) -> Q:
    """Return `node` as a condition. A rule of which nothing is evaluated matches nobody."""
    if isinstance(node, Group):
        return combine(node.logic, _parts(node, catalogue, scope))
    if isinstance(node, Leaf):
        field = catalogue.field(node.field)
        assert field is not None  # parse refused an unknown one
        return compile_leaf(node, field, scope)
    source = catalogue.source(node.did)
    assert source is not None
    return compile_behaviour(node, source, scope)


def _parts(group: Group, catalogue: Catalogue, scope: Scope) -> list[Q]:
    """Return the members' conditions; those of the same rows beside a customer as one of them."""
    parts: list[Q] = []
    together: dict[Any, list[Q]] = {}
    for _, rule in enabled(group.rules):
        field = catalogue.field(rule.field) if isinstance(rule, Leaf) else None
        if isinstance(rule, Leaf) and field and field.beside and _is_plain(rule, field):
            built = build(rule, field, field.beside.sql(scope), scope)
            together.setdefault(field.beside.model, []).append(built)
        else:
            parts.append(compile_rule(rule, catalogue, scope))
    join = every if group.logic is Logic.AND else some
    return parts + [on_rows(model, join(conditions)) for model, conditions in together.items()]


def _is_plain(leaf: Leaf, field: Field) -> bool:
    operator = field.kind.operators[leaf.operator]
    return not operator.is_negative and not operator.shares_base
