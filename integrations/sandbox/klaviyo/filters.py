"""The filter language: `equals(email,"a@x.com")`, `any(id,["A"])`, `and(…)`, moments with a Z."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integrations.sandbox.klaviyo.clock import read_moment
from integrations.sandbox.klaviyo.problems import Problem, invalid

MOMENTS = "greater-than greater-or-equal less-than less-or-equal"
CALL = re.compile(r"([a-z-]+)\((.*)\)", re.S)
ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "greater-than": lambda a, b: a > b,
    "greater-or-equal": lambda a, b: a >= b,
    "less-than": lambda a, b: a < b,
    "less-or-equal": lambda a, b: a <= b,
}
MOST_VALUES = 100  # of any(…)


@dataclass(frozen=True)
class Clause:
    """One condition: operator, field, value (a list for `any`, seconds for a moment)."""

    operator: str
    field: str
    value: Any

    def holds(self, actual: Any) -> bool:
        """Say whether a row whose field is `actual` passes."""
        if self.operator == "any":
            return actual in self.value
        if self.operator == "equals":
            return bool(actual == self.value)
        return actual is not None and ORDER[self.operator](actual, self.value)


def read_filter(text: str, *, fields: dict[str, str], now: float) -> list[Clause]:
    """Return the conditions of `filter`; `fields`: field → operators that it knows."""
    found: list[Clause] = []
    for part in _parts(text):
        match = CALL.fullmatch(part.strip())
        if match is None:
            raise _refused(f"'{text}' is not a valid filter.")
        if match[1] == "and":
            found += read_filter(match[2], fields=fields, now=now)
            continue
        name, _, raw = match[2].partition(",")
        if match[1] not in fields.get(name, "").split():
            raise _refused(f"'{name}' cannot be filtered by '{match[1]}'.")
        found.append(Clause(match[1], name, _value(raw, operator=match[1], now=now)))
    return found


def _parts(text: str) -> list[str]:
    """Split at the commas between calls."""
    parts, depth, begun, quoted = [], 0, 0, False
    for place, sign in enumerate(text):
        quoted ^= sign == '"'
        depth += 0 if quoted else (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0 and not quoted:
            parts.append(text[begun:place])
            begun = place + 1
    return [*parts, text[begun:]] if text else []


def _value(raw: str, *, operator: str, now: float) -> Any:
    if operator in ORDER:
        moment = read_moment(raw)
        if moment is None:
            raise _refused(f"'{raw}' is not a valid datetime.")
        if moment > now + 1:
            raise _refused("A datetime in the future is not allowed.")
        return moment
    try:
        value = json.loads(raw)
    except ValueError:
        raise _refused(f"'{raw}' is not a valid value.") from None
    if operator == "any" and (not isinstance(value, list) or len(value) > MOST_VALUES):
        raise _refused(f"'any' takes a list of at most {MOST_VALUES} values.")
    return value


def _refused(detail: str) -> Problem:
    return invalid(detail, parameter="filter")
