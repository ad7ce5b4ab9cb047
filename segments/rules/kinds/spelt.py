"""Text that is stored as its source wrote it: a question is answered by the spellings that match.

An order's channel or a product's vendor has few spellings and many rows; keeping the spellings
folded beside them (commerce.models.Spelling) saves a folded copy on every row.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.lookups import DataContains, Overlap
from django.db.models import CharField, Q, Value
from django.db.models.expressions import Func
from django.db.models.lookups import Contains, EndsWith, Exact, In, StartsWith

from commerce.text import fold
from segments.rules.conditions import as_q, every, some
from segments.rules.kinds import lists, text
from segments.rules.kinds.lists import Texts
from segments.rules.kinds.text import Text
from segments.rules.operators import Ask, Operator, table

NOBODY = Q(pk__in=[])


def _found(ask: Ask, test: Callable[[str], bool]) -> list[str]:
    return ask.scope.spellings(ask.field.spelling, test)


class Folded(Func):
    """A text or list as the database folds it, where not every spelling is stored.

    Case goes by the database's own rules, which may know no letters but A to Z.
    """

    function = "LOWER"

    def __init__(self, lhs: Any, *, as_list: bool = False) -> None:
        cast = "::text)::varchar[]" if as_list else ")"
        output = ArrayField(CharField()) if as_list else CharField()
        super().__init__(lhs, template=f"%(function)s((%(expressions)s){cast}", output_field=output)


def _or_stored(ask: Ask, known: Any, stored: Callable[[], Any]) -> Q:
    """Return `known`, or what the database can tell of words that the vocabulary does not hold."""
    return as_q(known) if ask.scope.keeps_all(ask.field.spelling) else some([known, stored()])


def _is_one_of(lhs: Any, values: list[str]) -> Any:
    """Return the condition of being spelt so; a value may know a cheaper way to ask."""
    return lhs.among(values) if hasattr(lhs, "among") else In(lhs, values)


def _by_key(ask: Ask, compare: Callable[[str, str], bool], stored: type[Any]) -> Q:
    wanted = fold(ask.value)
    known = _is_one_of(ask.lhs, _found(ask, lambda key: compare(key, wanted)))
    return _or_stored(ask, known, lambda: stored(Folded(ask.lhs), Value(wanted)))


def _among(ask: Ask) -> Q:
    wanted = {fold(value) for value in ask.value}
    known = _is_one_of(ask.lhs, _found(ask, wanted.__contains__))
    return _or_stored(ask, known, lambda: In(Folded(ask.lhs), sorted(wanted)))


EQ = Operator("eq", "is", "is {value}", lambda ask: _by_key(ask, str.__eq__, Exact))
IN = Operator("in", "is any of", "is {value}", _among, takes="many")
CONTAINS = Operator(
    "contains", "contains", "contains {value}", lambda a: _by_key(a, str.__contains__, Contains)
)
STARTS = Operator(
    "starts_with",
    "starts with",
    "starts with {value}",
    lambda a: _by_key(a, str.startswith, StartsWith),
)
ENDS = Operator(
    "ends_with", "ends with", "ends with {value}", lambda a: _by_key(a, str.endswith, EndsWith)
)


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


def _has_any(ask: Ask) -> Q:
    wanted = {fold(value) for value in ask.value}
    found = _found(ask, wanted.__contains__)
    known = Overlap(ask.lhs, _array(found)) if found else NOBODY
    return _or_stored(
        ask, known, lambda: Overlap(Folded(ask.lhs, as_list=True), _array(sorted(wanted)))
    )


def _has_all(ask: Ask) -> Q:
    return every([_has(ask, wanted) for wanted in sorted({fold(value) for value in ask.value})])


def _has(ask: Ask, wanted: str) -> Q:
    found = _found(ask, wanted.__eq__)
    # One spelling is the rule: containment can use the list's index, overlap means "either".
    same = DataContains if len(found) == 1 else Overlap
    known = same(ask.lhs, _array(found)) if found else NOBODY
    return _or_stored(
        ask, known, lambda: DataContains(Folded(ask.lhs, as_list=True), _array([wanted]))
    )


ANY = Operator("has_any", "has any of", "include {value}", _has_any, takes="many")


class SpeltTexts(Texts):
    """Any number of short texts, stored unfolded."""

    operators = table(
        ANY,
        Operator(
            "has_all", "has all of", "include all of {value}", _has_all, takes="many", joint="and"
        ),
        ANY.opposite("has_none", "has none of", "include none of {value}"),
        lists.SET,
        lists.SET.opposite("is_not_set", "has none at all", "are none"),
    )


SPELT_TEXT, SPELT_LIST = SpeltText(), SpeltTexts()
