"""Days and numbers of a segment query in the words of our rules."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from integrations.shopify.parity.query import Offset, Value, Word

UNITS = {"d": "days", "w": "weeks", "m": "months", "y": "years"}
_POINT = re.compile(r"\d{1,5}_(?:day|week|month|year)s?_ago")
MOST = 99_999  # of any unit: what a rule can name


class CannotSay(ValueError):  # noqa: N818 (what is told to people is its text)
    """Something of a query that no rule of ours says; its text is the reason."""


def day(value: Value) -> str:
    """Return a day as a rule names it; raises CannotSay."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Offset):
        if abs(value.amount) > MOST:
            raise CannotSay("The date is further away than a rule can say.")
        if value.amount == 0:
            return "today"
        way = "ago" if value.amount < 0 else "from_now"
        return f"{abs(value.amount)}_{UNITS[value.unit]}_{way}"
    word = value.text.lower() if isinstance(value, Word) else str(value).lower()
    if word in ("today", "yesterday") or _POINT.fullmatch(word):
        return word
    try:
        return date.fromisoformat(word[:10]).isoformat()
    except ValueError:
        raise CannotSay(f"“{word[:40]}” names no day.") from None


def number(value: Value) -> int | float:
    """Return a number as JSON holds it; raises CannotSay."""
    try:
        read = value if isinstance(value, Decimal) else Decimal(text(value))
    except ArithmeticError:
        raise CannotSay("A number was expected.") from None
    if not read.is_finite() or abs(read) >= Decimal(10) ** 12:
        raise CannotSay("The number is larger than a rule can say.")
    return int(read) if read == read.to_integral_value() else float(read)


def text(value: Value) -> str:
    """Return a value as text; raises CannotSay for a day."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Word):
        return value.text
    if isinstance(value, Decimal):
        return str(value)
    raise CannotSay("A text was expected, not a day.")


def texts(values: tuple[Value, ...]) -> list[str]:
    """Return all values as texts."""
    return [text(value) for value in values]


Rule = dict[str, Any]
