"""What is measured over the rows of a behaviour: how many, how much, how long ago."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, Max, Min, Sum

from segments.rules.kinds.number import MONEY, NUMBER


@dataclass(frozen=True)
class Measure:
    """`aggregate(expression)` over the rows of one customer; `empty` is its value without rows."""

    key: str
    words: str  # in the sentence, with {nouns} and {field}
    aggregate: Callable[[Any], Any]
    needs_field: bool = False
    empty: Decimal | None = None  # None: missing
    is_age: bool = False  # days since a day: compared on the calendar
    of_orders: bool = False  # in percent of the customer's orders: of sources that name orders


MEASURES: dict[str, Measure] = {
    measure.key: measure
    for measure in (
        Measure("count", "{nouns}", lambda _: Count("pk"), empty=Decimal(0)),
        Measure(
            "count_distinct",
            "different {field} among {nouns}",
            lambda sql: Count(sql, distinct=True),
            needs_field=True,
            empty=Decimal(0),
        ),
        Measure("sum", "sum of {field} over {nouns}", Sum, needs_field=True, empty=Decimal(0)),
        Measure("avg", "average {field} of {nouns}", Avg, needs_field=True),
        Measure("min", "lowest {field} of {nouns}", Min, needs_field=True),
        Measure("max", "highest {field} of {nouns}", Max, needs_field=True),
        Measure(
            "orders_percent",
            "percent of their orders with {nouns}",
            lambda sql: Count(sql, distinct=True),
            empty=Decimal(0),
            of_orders=True,
        ),
        Measure("days_since_last", "days since the last of {nouns}", Max, is_age=True),
        Measure("days_since_first", "days since the first of {nouns}", Min, is_age=True),
    )
}
# What a behaviour's measure may be compared by.
OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "between")
MEASURED_KINDS = (NUMBER.key, MONEY.key)
