"""Two-valued conditions: what a merchant's question becomes in SQL."""

from functools import reduce
from operator import and_, or_
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.models import BooleanField, Func, Q


class IsNotTrue(Func):
    """FALSE or unknown: exactly the rows that a condition leaves out.

    Django drops a condition it can see is empty (an empty sub-query) or full; the complement must
    then be everything or nothing instead of an error.
    """

    template = "(%(expressions)s) IS NOT TRUE"
    output_field = BooleanField()
    conditional = True

    def as_sql(self, *args: Any, **extra: Any) -> Any:
        try:
            return super().as_sql(*args, **extra)
        except EmptyResultSet:
            return "TRUE", []
        except FullResultSet:
            return "FALSE", []


def negate(condition: Any) -> Q:
    """Return the complement of `condition`, rows where it is unknown included."""
    return Q(IsNotTrue(as_q(condition)))


def as_q(condition: Any) -> Q:
    """Return any condition as a Q."""
    return condition if isinstance(condition, Q) else Q(condition)


def every(conditions: list[Any]) -> Q:
    """Return the conjunction of at least one condition."""
    return reduce(and_, [as_q(condition) for condition in conditions])


def some(conditions: list[Any]) -> Q:
    """Return the disjunction of at least one condition."""
    return reduce(or_, [as_q(condition) for condition in conditions])
