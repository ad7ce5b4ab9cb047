"""Text, compared folded: without case, trimmed, in one Unicode form. Empty text is missing."""

from collections.abc import Callable, Mapping
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


SET = Operator("is_set", "is known", "is known", lambda ask: is_filled(ask.lhs), takes="none")


def text_operators(written: Callable[[str], str]) -> Mapping[str, Operator]:
    """Return the operators of a text whose column holds each value as `written` writes it."""
    same = Operator("eq", "is", "is {value}", lambda ask: Exact(ask.lhs, written(ask.value)))
    among = Operator(
        "in",
        "is any of",
        "is {value}",
        lambda ask: In(ask.lhs, [written(value) for value in ask.value]),
        takes="many",
    )
    contains = Operator(
        "contains",
        "contains",
        "contains {value}",
        lambda ask: Contains(ask.lhs, written(ask.value)),
    )
    return table(
        same,
        same.opposite("ne", "is not", "is not {value}"),
        among,
        among.opposite("not_in", "is none of", "is none of {value}"),
        contains,
        contains.opposite("not_contains", "does not contain", "does not contain {value}"),
        Operator(
            "starts_with",
            "starts with",
            "starts with {value}",
            lambda ask: StartsWith(ask.lhs, written(ask.value)),
        ),
        Operator(
            "ends_with",
            "ends with",
            "ends with {value}",
            lambda ask: EndsWith(ask.lhs, written(ask.value)),
        ),
        SET,
        SET.opposite("is_not_set", "is unknown", "is unknown"),
    )


class Text(Kind):
    """A short text of one line."""

    key, label = "text", "Text"
    operators = text_operators(fold)

    def read(self, field: "Field", raw: Any) -> str:
        return read_text(raw)

    def say(self, field: "Field", value: str, speech: Speech) -> str:
        return f"“{value}”"

    def is_known(self, lhs: Any) -> Any:
        return is_filled(lhs)


class Code(Text):
    """A short text stored in capital letters: a country. Folding each row costs half a scan."""

    operators = text_operators(lambda value: fold(value).upper())


TEXT, CODE = Text(), Code()
