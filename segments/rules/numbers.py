"""Reading numbers exactly, and refusing what only looks like one."""

from decimal import Decimal, InvalidOperation
from typing import Any

from segments.rules.errors import RuleError

# Beyond any sum of money a store could hold, and within the column's 18 digits times a thousand.
LARGEST = Decimal(10) ** 15


def read_number(raw: Any) -> Decimal:
    """Read a number. Raise RuleError for text, yes/no, NaN, infinities and absurd sizes."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        raise RuleError(f"Expected a number, got {_shown(raw)}.")
    try:
        value = Decimal(str(raw).strip())
    except (InvalidOperation, ValueError):
        raise RuleError(f'Expected a number, got "{str(raw)[:40]}".') from None
    if not value.is_finite() or abs(value) > LARGEST:
        raise RuleError("This number is too large to compare with.")
    if value.as_tuple().exponent < -6:  # type: ignore[operator]
        raise RuleError("At most six decimal places can be compared.")
    return value


def plain(value: Decimal) -> int | float | str:
    """Return a number as JSON holds it without losing a digit."""
    if value == value.to_integral_value() and abs(value) < 2**53:
        return int(value)
    short = float(value)
    return short if Decimal(repr(short)) == value else str(value)


def _shown(raw: Any) -> str:
    return {bool: "yes or no", type(None): "nothing", list: "a list", dict: "an object"}.get(
        type(raw), "something else"
    )
