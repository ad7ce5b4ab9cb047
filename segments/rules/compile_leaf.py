"""From a question about one value to a condition over customers or a behaviour's rows."""

from typing import Any

from django.db.models import F, Q
from django.db.models.lookups import In

from segments.rules.conditions import as_q, every, negate, some
from segments.rules.fields import Field
from segments.rules.operators import Ask
from segments.rules.scope import Scope
from segments.rules.tree import Leaf, Logic


def combine(logic: Logic, parts: list[Q]) -> Q:
    """Return members' conditions joined as their group says."""
    if not parts:
        return Q(pk__in=[])
    if logic is Logic.AND:
        return every(parts)
    return some(parts) if logic is Logic.OR else negate(some(parts))


def compile_leaf(leaf: Leaf, field: Field, scope: Scope) -> Q:
    """Return a question about one value as a condition."""
    operator = field.kind.operators[leaf.operator]
    if field.beside is None or operator.shares_base:
        condition = build(leaf, field, field.sql(scope), scope)
    else:
        built = build(leaf, field, field.beside.sql(scope), scope)
        condition = on_rows(field.beside.model, built)
    if not operator.is_negative:
        return condition
    condition = negate(condition)
    return condition & _is_known(field, scope) if leaf.excludes_unknown else condition


def build(leaf: Leaf, field: Field, lhs: Any, scope: Scope) -> Q:
    """Return what the leaf's operator asks of `lhs`, whether or not it is negative."""
    return as_q(field.kind.operators[leaf.operator].build(Ask(field, lhs, leaf.value, scope)))


def _is_known(field: Field, scope: Scope) -> Q:
    if field.beside is None:
        return as_q(field.kind.is_known(field.sql(scope)))
    return on_rows(field.beside.model, as_q(field.kind.is_known(field.beside.sql(scope))))


def on_rows(model: Any, condition: Q) -> Q:
    """Return the condition of having a row of `model` that `condition` holds for."""
    return Q(In(F("pk"), model.objects.filter(condition).order_by().values("pk")))


def unknown_matches(leaf: Leaf, field: Field, scope: Scope) -> Q | None:
    """Return the condition of matching only because the value is missing, None for positives."""
    operator = field.kind.operators[leaf.operator]
    if not operator.is_negative or leaf.excludes_unknown or operator.key == "is_not_set":
        return None
    return negate(_is_known(field, scope))
