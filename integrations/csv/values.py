"""What a cell says: from text in a file to text that COPY takes, or a reason why not.

Each reader is a dictionary of the texts it has seen: files repeat their values, and a hit costs
50 ns where reading a date costs 2 µs. Never larger than `LIMIT` entries.
"""

import re
from collections.abc import Callable

from commerce.text import fold, phone_digits
from tenants.tables import restore

NULL = r"\N"  # nothing, as COPY's text format writes it
LIMIT = 16_384  # a column of different long texts then holds 10 MB
_CONTROL = {**dict.fromkeys(range(1, 32), " "), 127: " "}


class Refused(ValueError):  # noqa: N818 - a state of the cell
    """This cell cannot be taken; the message says why, in words for the merchant."""


class Cells(dict[str, str]):
    """A reader of one column. `read` is called once per different text."""

    def __init__(self, read: Callable[[str], str | None], *, required: str = "") -> None:
        super().__init__()
        self.read, self.required = read, required

    def __missing__(self, text: str) -> str:
        value = self._value(text)
        if len(self) >= LIMIT:
            self.clear()
        self[text] = value
        return value

    def _value(self, text: str) -> str:
        if "\0" in text:
            raise Refused("holds a NUL byte, which is no text")
        clean = restore(text).translate(_CONTROL).strip()
        value = self.read(clean) if clean else None
        if value is None or value == "":
            if self.required:
                raise Refused(f"has no {self.required}")
            return NULL
        return value.replace("\\", "\\\\")


def text(length: int) -> Callable[[str], str]:
    """Return a reader of shown text, cut to `length`."""
    return lambda cell: cell[:length]


def folded(length: int) -> Callable[[str], str]:
    """Return a reader of text as comparisons see it."""
    return lambda cell: fold(cell)[:length]


def name(label: str, length: int) -> Callable[[str], str]:
    """Return a reader of an id, which is never cut: two long ones could become the same."""

    def read(cell: str) -> str:
        if len(cell) > length:
            raise Refused(f"{label} is longer than {length} characters")
        if "�" in cell:
            raise Refused(f"{label} holds a character that could not be read")
        # Spreadsheets and data frames turn whole numbers into 17850.0 where a column has gaps.
        return cell[:-2] if cell.endswith(".0") and cell[:-2].isdigit() else cell

    return read


def email(cell: str) -> str:
    """Read an e-mail address; anything without an @ is refused."""
    if "@" not in cell or len(cell) > 254 or " " in cell:
        raise Refused(f"“{cell[:60]}” is no e-mail address")
    return cell


def email_key(cell: str) -> str:
    """Read an e-mail address as it is compared."""
    return fold(email(cell))[:254]


def phone_key(cell: str) -> str:
    """Read the digits of a phone number."""
    return phone_digits(cell)[:64]


def first_name(cell: str) -> str:
    """Read the first name of a whole name: all but its last word."""
    return cell.rpartition(" ")[0][:200] or cell[:200]


def last_name(cell: str) -> str:
    """Read the last name of a whole name: its last word, when it has two."""
    head, _, tail = cell.rpartition(" ")
    return tail[:200] if head else ""


_YES = {"1", "yes", "y", "true", "t", "ja", "oui", "si", "sí", "sim", "x", "on", "subscribed"}
_NO = {"0", "no", "n", "false", "f", "nein", "non", "não", "nao", "off", "-", "unsubscribed"}


def yes_no(cell: str) -> str:
    """Read a yes or a no in the usual spellings."""
    folded_cell = fold(cell)
    if folded_cell in _YES:
        return "t"
    if folded_cell in _NO:
        return "f"
    raise Refused(f"“{cell[:60]}” is neither yes nor no")


_CONSENTS = {
    **dict.fromkeys(_YES | {"accepts", "opted in", "opt-in", "optin"}, "subscribed"),
    **dict.fromkeys(("unsubscribed", "opted out", "opt-out", "optout"), "unsubscribed"),
    **dict.fromkeys(("pending", "unconfirmed"), "pending"),
    **dict.fromkeys(
        (_NO - {"unsubscribed"}) | {"not_subscribed", "not subscribed", "never"}, "not_subscribed"
    ),
    "unknown": "unknown",
}


def consent(cell: str) -> str:
    """Read a consent: a state's name, or yes and no."""
    try:
        return _CONSENTS[fold(cell)]
    except KeyError:
        raise Refused(f"“{cell[:60]}” is no consent (subscribed, unsubscribed …)") from None


def whole(label: str, *, least: int = 0) -> Callable[[str], str]:
    """Return a reader of whole numbers from `least` to two milliard."""

    def read(cell: str) -> str:
        digits = cell[:-2] if cell.endswith(".0") else cell
        digits = digits.replace(",", "").replace(" ", "")
        if not re.fullmatch(r"-?[0-9]{1,10}", digits) or not least <= int(digits) < 2**31:
            raise Refused(f"{label} “{cell[:60]}” is no whole number")
        return str(int(digits))

    return read


def degrees(label: str, limit: int) -> Callable[[str], str]:
    """Return a reader of a coordinate within ± `limit` degrees."""

    def read(cell: str) -> str:
        plain = cell.replace(",", ".")
        if not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]+)?", plain) or abs(float(plain)) > limit:
            raise Refused(f"{label} “{cell[:60]}” is no coordinate")
        return plain

    return read


def items(length: int, *, is_folded: bool = False) -> Callable[[str], str]:
    """Return a reader of a list (“a, b; c”) as an array, each once, compared folded."""

    def read(cell: str) -> str | None:
        pairs: dict[str, str] = {}
        for part in re.split(r"[,;|]", cell.strip("[]{}")):
            shown = part.strip().strip("'\"")[:length]
            if shown:
                pairs.setdefault(fold(shown)[:length], shown)
        chosen = list(pairs) if is_folded else list(pairs.values())
        quoted = ('"' + each.replace("\\", "\\\\").replace('"', '\\"') + '"' for each in chosen)
        return "{" + ",".join(quoted) + "}" if pairs else None

    return read  # type: ignore[return-value]


def currency(cell: str) -> str:
    """Read a currency: its code of three letters, or a sign that means only one."""
    code = {"€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "zł": "PLN"}.get(cell, cell.upper())
    if not re.fullmatch("[A-Z]{3}", code):
        raise Refused(f"“{cell[:20]}” is no currency (a code like EUR)")
    return code
