"""Short ways to write a field's expression over one row of CustomerMetrics."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import DecimalField, F, IntegerField, Value
from django.db.models.expressions import Func

from commerce.models import CustomerMetrics
from segments.rules.fields import Beside
from segments.rules.scope import Scope

Expression = Callable[[Scope], Any]


@dataclass(frozen=True)
class Column:
    """A column as an expression."""

    name: str

    def __call__(self, scope: Scope) -> F:
        return F(self.name)


def column(name: str) -> Expression:
    """Return a column of CustomerMetrics, or of what it is joined to: `customer__email_key`."""
    return Column(name)


def beside(expression: Expression) -> Beside | None:
    """Return the rows of a plain column that stands beside CustomerMetrics; None for others."""
    if not isinstance(expression, Column) or "__" not in expression.name:
        return None
    relation, name = expression.name.split("__")
    return Beside(CustomerMetrics._meta.get_field(relation).related_model, Column(name))


class DaysBetween(Func):
    """Whole days between two dates."""

    template, arg_joiner = "(%(expressions)s)", " - "
    output_field = IntegerField()


class SplitPart(Func):
    """One part of a text cut at a separator."""

    function = "SPLIT_PART"


def days_since(name: str) -> Expression:
    """Return the days from a date column to the evaluation's local day."""
    return lambda scope: DaysBetween(Value(scope.clock.today), F(name))


class Ratio(Func):
    """`times × top ÷ bottom`, rounded half up to cents; missing when the bottom is 0."""

    output_field: "DecimalField[Any, Any]" = DecimalField(max_digits=24, decimal_places=2)

    def __init__(self, top: Any, bottom: Any, *, times: int = 1) -> None:
        super().__init__(
            top,
            bottom,
            template="round((%(expressions)s)::numeric, 0), 2)",
            arg_joiner=f")::numeric * {times} / nullif((",
        )
