"""Text, compared folded: without case, trimmed, in one Unicode form. Empty text is missing."""

from typing import TYPE_CHECKING, Any

from django.db.models import Value
from django.db.models.lookups import Contains, EndsWith, Exact, GreaterThan, In, StartsWith

from commerce.text import fold
from segments.rules.kinds.base import Kind, read_text
from segments.rules.operators import Operator, table
from segments.rules.speech import Speech

if TYPE_CHECKING:
    from segments.rules.fields import Field


def is_filled(lhs: Any) -> Any:
    """Return the condition that a text column holds something."""
    return GreaterThan(lhs, Value(""))


EQ = Operator("eq", "is", "is {value}", lambda ask: Exact(ask.lhs, fold(ask.value)))
IN = Operator(
    "in",
    "is any of",
    "is {value}",
    lambda ask: In(ask.lhs, [fold(value) for value in ask.value]),
    takes="many",
)
CONTAINS = Operator(
    "contains", "contains", "contains {value}", lambda ask: Contains(ask.lhs, fold(ask.value))
)
STARTS = Operator(
    "starts_with",
    "starts with",
    "starts with {value}",
    lambda ask: StartsWith(ask.lhs, fold(ask.value)),
)
ENDS = Operator(
    "ends_with", "ends with", "ends with {value}", lambda ask: EndsWith(ask.lhs, fold(ask.value))
)
SET = Operator("is_set", "is known", "is known", lambda ask: is_filled(ask.lhs), takes="none")


class Text(Kind):
    """A short text of one line."""

    key, label = "text", "Text"
    operators = table(
        EQ,
        EQ.opposite("ne", "is not", "is not {value}"),
        IN,
        IN.opposite("not_in", "is none of", "is none of {value}"),
        CONTAINS,
        CONTAINS.opposite("not_contains", "does not contain", "does not contain {value}"),
        STARTS,
        ENDS,
        SET,
        SET.opposite("is_not_set", "is unknown", "is unknown"),
    )

    def read(self, field: "Field", raw: Any) -> str:
        return read_text(raw)

    def say(self, field: "Field", value: str, speech: Speech) -> str:
        return f"“{value}”"

    def is_known(self, lhs: Any) -> Any:
        return is_filled(lhs)


TEXT = Text()
