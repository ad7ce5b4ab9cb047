"""Lists of short texts: tags, categories bought. Compared folded."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.lookups import DataContains, Overlap
from django.db.models import CharField, Func, IntegerField, Value
from django.db.models.lookups import GreaterThan

from commerce.text import fold
from segments.rules.kinds.base import Kind, read_text
from segments.rules.operators import Ask, Operator, table
from segments.rules.speech import Speech

if TYPE_CHECKING:
    from segments.rules.fields import Field


class Cardinality(Func):
    """The number of items of an array, 0 for an empty one."""

    function = "CARDINALITY"
    output_field = IntegerField()


def _items(ask: Ask) -> Value:
    return Value([fold(item) for item in ask.value], output_field=ArrayField(CharField()))


ANY = Operator(
    "has_any",
    "has any of",
    "include {value}",
    lambda ask: Overlap(ask.lhs, _items(ask)),
    takes="many",
)
SET = Operator(
    "is_set",
    "has any at all",
    "are known",
    lambda ask: GreaterThan(Cardinality(ask.lhs), 0),
    takes="none",
)


class Texts(Kind):
    """Any number of short texts."""

    key, label = "list", "List"
    operators = table(
        ANY,
        Operator(
            "has_all",
            "has all of",
            "include all of {value}",
            lambda ask: DataContains(ask.lhs, _items(ask)),
            takes="many",
            joint="and",
        ),
        ANY.opposite("has_none", "has none of", "include none of {value}"),
        SET,
        SET.opposite("is_not_set", "has none at all", "are none"),
    )
    aliases = {"in": "has_any", "contains": "has_any", "eq": "has_any", "not_in": "has_none"}

    def read(self, field: "Field", raw: Any) -> str:
        return read_text(raw)

    def say(self, field: "Field", value: str, speech: Speech) -> str:
        return f"“{value}”"

    def is_known(self, lhs: Any) -> Any:
        return GreaterThan(Cardinality(lhs), 0)


LIST = Texts()
