"""Numbers and money: exact decimals, and shares of the base."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import DecimalField, F, Q, Value
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
)

from segments.rules.errors import RuleError
from segments.rules.kinds.base import Kind
from segments.rules.numbers import plain, read_number
from segments.rules.operators import Ask, Operator, table
from segments.rules.speech import Speech, number

if TYPE_CHECKING:
    from segments.rules.fields import Field


def figure(value: Any) -> Any:
    """Return a figure as it is compared; a whole column would cut off the part after the point."""
    if not isinstance(value, Decimal) or value == value.to_integral_value():
        return value
    return Value(value, output_field=DecimalField())


def within(ask: Ask) -> Q:
    """Return the condition of lying between two values, both counted."""
    low, high = map(figure, ask.value)
    return Q(GreaterThanOrEqual(ask.lhs, low)) & Q(LessThanOrEqual(ask.lhs, high))


def _share(ask: Ask, *, from_top: bool) -> Q:
    bound = ask.scope.cut_off(ask.field, percent=ask.value, from_top=from_top)
    if bound is None:
        return Q(pk__in=[])
    reaches = GreaterThanOrEqual if from_top else LessThanOrEqual
    return Q(reaches(ask.lhs, bound)) & ask.scope.in_base()


def _best(ask: Ask) -> Any:
    return In(F("pk"), ask.scope.best(ask.field, count=ask.value))


EQ = Operator("eq", "is", "exactly {value}", lambda ask: Exact(ask.lhs, figure(ask.value)))
SET = Operator("is_set", "is known", "is known", lambda ask: IsNull(ask.lhs, False), takes="none")
COMPARISONS = (
    EQ,
    EQ.opposite("ne", "is not", "not {value}"),
    Operator(
        "gt", "is more than", "more than {value}", lambda a: GreaterThan(a.lhs, figure(a.value))
    ),
    Operator(
        "gte",
        "is at least",
        "at least {value}",
        lambda a: GreaterThanOrEqual(a.lhs, figure(a.value)),
    ),
    Operator("lt", "is less than", "less than {value}", lambda a: LessThan(a.lhs, figure(a.value))),
    Operator(
        "lte", "is at most", "at most {value}", lambda a: LessThanOrEqual(a.lhs, figure(a.value))
    ),
    Operator("between", "is between", "between {value}", within, takes="two"),
)


class Number(Kind):
    """An exact number."""

    key, label = "number", "Number"
    operators = table(
        *COMPARISONS,
        SET,
        SET.opposite("is_not_set", "is unknown", "is unknown"),
        Operator(
            "top_percent",
            "is in the top …%",
            "in the top {value}",
            lambda ask: _share(ask, from_top=True),
            takes="percent",
        ),
        Operator(
            "bottom_percent",
            "is in the bottom …%",
            "in the bottom {value}",
            lambda ask: _share(ask, from_top=False),
            takes="percent",
        ),
        Operator("top_n", "is among the best …", "among the best {value}", _best, takes="count"),
    )

    def read(self, field: "Field", raw: Any) -> Decimal:
        return read_number(raw)

    def dump(self, value: Decimal) -> Any:
        return plain(value)

    def say(self, field: "Field", value: Decimal, speech: Speech) -> str:
        return number(value)


class Money(Number):
    """An amount in the merchant's currency."""

    key, label = "money", "Money"

    def say(self, field: "Field", value: Decimal, speech: Speech) -> str:
        return speech.money(value)


class Share(Number):
    """A share between 0 and 1, written and said in percent."""

    key, label = "share", "Share"

    def read(self, field: "Field", raw: Any) -> Decimal:
        value = read_number(raw)
        if not 0 <= value <= 100:
            raise RuleError("A share lies between 0 and 100 percent.")
        return value

    def say(self, field: "Field", value: Decimal, speech: Speech) -> str:
        return f"{number(value)} %"


NUMBER, MONEY, SHARE = Number(), Money(), Share()
