"""Shopify's search syntax for lists: `updated_at:>='…' tag:vip -status:closed`.

What the real one does and a client must know: a field it does not know is ignored, everything is
returned, and only a warning in the answer's extensions tells.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from integrations.sandbox.shopify.clock import read_moment

Made = dict[str, Any]
Test = Callable[[Made], bool]

_TERM = re.compile(
    r"""(?P<minus>-|NOT\s+)?(?P<field>\w+):(?P<sign>>=|<=|>|<)?
        (?P<value>'[^']*'|"[^"]*"|[^\s()]+)""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Field:
    """What may be searched for; `kind`: text, words, number, moment, day (the whole day)."""

    read: Callable[[Made], Any]
    kind: str = "text"
    is_not: bool = False  # tag_not


@dataclass
class Search:
    """A query, read: all tests have to hold."""

    tests: list[Test] = field(default_factory=list)
    warnings: list[Made] = field(default_factory=list)

    def finds(self, row: Made) -> bool:
        """Tell whether an object is one of those looked for."""
        return all(test(row) for test in self.tests)


def read_search(query: str | None, *, fields: Mapping[str, Field], zone: str) -> Search:
    """Read a search; terms joined by blanks or AND, what is unknown becomes a warning."""
    search = Search()
    for match in _TERM.finditer(query or ""):
        known = fields.get(match["field"])
        value = match["value"].strip("'\"")
        if known is None:
            search.warnings.append(_warning(match["field"], "invalid_field"))
            continue
        try:
            test = _test(known, match["sign"] or "=", value, zone=ZoneInfo(zone))
        except ValueError:
            search.warnings.append(_warning(match["field"], "invalid_value"))
            continue
        search.tests.append(_negated(test) if match["minus"] or known.is_not else test)
    return search


def _warning(name: str, code: str) -> Made:
    what = "field" if code == "invalid_field" else "value"
    return {"field": name, "message": f"Invalid search {what} for this query.", "code": code}


def _negated(test: Test) -> Test:
    return lambda row: not test(row)


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}


def _test(known: Field, sign: str, value: str, *, zone: ZoneInfo) -> Test:
    read, compare = known.read, COMPARE[sign]
    if known.kind == "number":
        number = float(value)
        return lambda row: compare(float(read(row)), number)
    if known.kind == "moment":
        moment = read_moment(value)
        return lambda row: bool(read(row)) and compare(read_moment(read(row)), moment)
    if known.kind == "day":
        day = _day(value, zone)
        return lambda row: bool(read(row)) and compare(_day(read(row), zone), day)
    folded = value.lower()
    if known.kind == "words":
        return lambda row: folded in {word.lower() for word in read(row)}
    if folded.endswith("*"):
        return lambda row: str(read(row) or "").lower().startswith(folded[:-1])
    return lambda row: str(read(row) or "").lower() == folded


def _day(text: str, zone: ZoneInfo) -> str:
    if len(text) == len("2026-01-01"):
        read_moment(text)
        return text
    return datetime.fromtimestamp(read_moment(text), zone).date().isoformat()
