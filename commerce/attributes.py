"""Values of custom attributes: from a box to JSON by their kind, and back to words.

Readers take the JSON leniently: what does not read as the declared kind is missing.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from commerce.models import AttributeDefinition
from tenants.schema import connection

Kind = AttributeDefinition.Kind
YES, NO = ("yes", "true", "1", "y"), ("no", "false", "0", "n")
LONGEST = 1_000  # characters of a text; 100 words of a list


def parse(text: str, *, kind: str) -> Any:
    """Return the JSON value that `text` means as `kind`; raise ValueError in words."""
    text = text.strip()
    if len(text) > LONGEST:
        raise ValueError(f"Use at most {LONGEST:,} characters.")
    return PARSERS[Kind(kind)](text)


def show(value: Any, *, kind: str = Kind.TEXT) -> str:
    """Return `value` as a box shows it: what `parse` reads back."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if kind == Kind.MOMENT:
        return _local_text(str(value))
    return str(value)


def reads_as(value: Any, *, kind: str) -> bool:
    """Say whether a stored value means something as `kind`."""
    if kind == Kind.LIST or isinstance(value, list):
        return isinstance(value, list) and kind == Kind.LIST
    if isinstance(value, dict):
        return False
    try:
        parse(show(value), kind=kind)
    except ValueError:
        return False
    return True


def _number(text: str) -> int | float:
    try:
        exact = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise ValueError("Enter a number, for example 12.5.") from None
    if not exact.is_finite() or abs(exact) >= Decimal(10) ** 15:
        raise ValueError("Enter a number of at most 15 digits.")
    return int(exact) if exact == exact.to_integral_value() else float(round(exact, 9))


def _yes_no(text: str) -> bool:
    if text.casefold() in YES:
        return True
    if text.casefold() in NO:
        return False
    raise ValueError("Enter yes or no.")


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise ValueError("Enter a date as 2026-05-31.") from None


def _moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("Enter date and time as 2026-05-31 14:30.") from None
    local = moment if moment.tzinfo else moment.replace(tzinfo=connection.tenant.zone)
    return local.isoformat(timespec="seconds")


def _list(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _local_text(stored: str) -> str:
    try:
        moment = datetime.fromisoformat(stored)
    except ValueError:
        return stored
    return moment.astimezone(connection.tenant.zone).strftime("%Y-%m-%d %H:%M")


PARSERS: dict[str, Callable[[str], Any]] = {
    Kind.TEXT: str,
    Kind.NUMBER: _number,
    Kind.MONEY: _number,
    Kind.YES_NO: _yes_no,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.LIST: _list,
}
