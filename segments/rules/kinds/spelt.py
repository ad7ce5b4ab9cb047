"""Text that is stored as its source wrote it: a question is answered by the spellings that match.

An order's channel or a product's vendor has few spellings and many rows; keeping the spellings
folded beside them (commerce.models.Spelling) saves a folded copy on every row.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.lookups import DataContains, Overlap
from django.db.models import CharField, Q, Value
from django.db.models.lookups import In

from commerce.text import fold
from segments.rules.conditions import every
from segments.rules.kinds import lists, text
from segments.rules.kinds.lists import Texts
from segments.rules.kinds.text import Text
from segments.rules.operators import Ask, Operator, table


def _found(ask: Ask, test: Callable[[str], bool]) -> list[str]:
    return ask.scope.spellings(ask.field.spelling, test)


def _one_of(ask: Ask, test: Callable[[str], bool]) -> In:
    return In(ask.lhs, _found(ask, test))


def _by_key(ask: Ask, compare: Callable[[str, str], bool]) -> In:
    wanted = fold(ask.value)
    return _one_of(ask, lambda key: compare(key, wanted))


def _among(ask: Ask) -> In:
    wanted = {fold(value) for value in ask.value}
    return _one_of(ask, wanted.__contains__)


EQ = Operator("eq", "is", "is {value}", lambda ask: _by_key(ask, str.__eq__))
IN = Operator("in", "is any of", "is {value}", _among, takes="many")
CONTAINS = Operator(
    "contains", "contains", "contains {value}", lambda ask: _by_key(ask, str.__contains__)
)
STARTS = Operator(
    "starts_with", "starts with", "starts with {value}", lambda a: _by_key(a, str.startswith)
)
ENDS = Operator("ends_with", "ends with", "ends with {value}", lambda a: _by_key(a, str.endswith))


class SpeltText(Text):
    """A short text, stored unfolded."""

    operators = table(
        EQ,
        EQ.opposite("ne", "is not", "is not {value}"),
        IN,
        IN.opposite("not_in", "is none of", "is none of {value}"),
        CONTAINS,
        CONTAINS.opposite("not_contains", "does not contain", "does not contain {value}"),
        STARTS,
        ENDS,
        text.SET,
        text.SET.opposite("is_not_set", "is unknown", "is unknown"),
    )


def _array(values: list[str]) -> Value:
    return Value(values, output_field=ArrayField(CharField()))


def _has_any(ask: Ask) -> Any:
    wanted = {fold(value) for value in ask.value}
    found = _found(ask, wanted.__contains__)
    return Overlap(ask.lhs, _array(found)) if found else Q(pk__in=[])


def _has_all(ask: Ask) -> Any:
    parts: list[Any] = []
    for wanted in {fold(value) for value in ask.value}:
        found = _found(ask, wanted.__eq__)
        if not found:
            return Q(pk__in=[])
        # One spelling is the rule: containment can use the list's index, overlap means "either".
        same = DataContains if len(found) == 1 else Overlap
        parts.append(same(ask.lhs, _array(found)))
    return every(parts)


ANY = Operator("has_any", "has any of", "include {value}", _has_any, takes="many")


class SpeltTexts(Texts):
    """Any number of short texts, stored unfolded."""

    operators = table(
        ANY,
        Operator("has_all", "has all of", "include all of {value}", _has_all, takes="many"),
        ANY.opposite("has_none", "has none of", "include none of {value}"),
        lists.SET,
        lists.SET.opposite("is_not_set", "has none at all", "are none"),
    )


SPELT_TEXT, SPELT_LIST = SpeltText(), SpeltTexts()
