"""What customers ever bought, from what is rolled up beside them instead of every line."""

from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.lookups import Overlap
from django.db.models import CharField, F, Value
from django.db.models.lookups import In

from commerce.models import CustomerHabits
from commerce.text import fold
from segments.rules.conditions import negate
from segments.rules.scope import Scope
from segments.rules.tree import Behaviour, Group, Leaf, Logic, Node, enabled

_ANY = (("gte", Decimal(1)), ("gt", Decimal(0)))
_NONE = (("eq", Decimal(0)), ("lt", Decimal(1)), ("lte", Decimal(0)))


def held_categories(leaf: Behaviour, scope: Scope) -> Any:
    """Return "ever (never) bought one of these categories" over CustomerHabits, else None.

    The same answer as from the lines, 0.5 s against 4 s at 20 million of them, while the habits
    stand at the evaluation's day.
    """
    keys = _categories(leaf)
    asked = (leaf.operator, leaf.value)
    if not keys or asked not in (*_ANY, *_NONE) or not scope.rolled_up_today():
        return None
    array: Any = Value(keys, output_field=ArrayField(CharField(max_length=255)))
    holders = CustomerHabits.objects.filter(Overlap(F("categories"), array))
    found = In(F("pk"), holders.order_by().values("pk"))
    return negate(found) if asked in _NONE else found


def _categories(leaf: Behaviour) -> list[str]:
    """Return the categories a behaviour names, where it asks for nothing else."""
    if leaf.measure != "count" or leaf.window or leaf.all_orders or leaf.where is None:
        return []
    only: Node = leaf.where
    while isinstance(only, Group):
        rules = enabled(only.rules)
        if only.logic is Logic.NONE or len(rules) != 1:
            return []
        only = rules[0][1]
    if not isinstance(only, Leaf) or only.field != "category":
        return []
    values = {"eq": (only.value,), "in": only.value}.get(only.operator, ())
    return sorted({fold(value) for value in values})
