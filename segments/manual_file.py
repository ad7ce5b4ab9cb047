"""A file or a pasted list of e-mail addresses and ids: whom it names, and what it does not find."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from commerce.models import Customer, CustomerIdentity
from commerce.text import fold
from tenants.tables import restore

MOST_BYTES = 5 * 1024 * 1024
MOST_LINES = 100_000
PAGE = 5_000  # values of one look-up
EMAILS = ("email", "e-mail", "mail", "email address", "e-mail address", "customer email")
IDS = ("customer_id", "customer id", "id", "customer", "shopify id", "external_id")


class Unreadable(Exception):  # noqa: N818 - a state
    """The list cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class Named:
    """One line of the list: its number and the address or id that stands in it."""

    line: int
    value: str


@dataclass
class Found:
    """Whom a list names."""

    lines: int = 0
    customers: set[int] = field(default_factory=set)
    doubles: int = 0  # lines that name somebody an earlier line named
    missing: list[tuple[int, str, str]] = field(default_factory=list)  # line, text, why


def find(named: Iterable[Named]) -> Found:
    """Return whom the lines name; an address that several customers share names none of them."""
    found, page = Found(), []
    for one in named:
        page.append(one)
        if len(page) == PAGE:
            _look_up(page, found)
            page = []
    _look_up(page, found)
    return found


def _look_up(page: list[Named], found: Found) -> None:
    emails = _by_email({fold(one.value) for one in page if "@" in one.value})
    ids = _by_id({one.value for one in page if "@" not in one.value})
    for one in page:
        found.lines += 1
        owners = emails.get(fold(one.value)) if "@" in one.value else ids.get(one.value)
        if not owners:
            found.missing.append((one.line, one.value, "No customer has it."))
        elif len(owners) > 1:
            found.missing.append((one.line, one.value, f"{len(owners)} customers have it."))
        elif owners <= found.customers:
            found.doubles += 1
        else:
            found.customers |= owners


def _by_email(keys: set[str]) -> dict[str, set[int]]:
    rows = Customer.objects.filter(email_key__in=keys, merged_into=None, erased_at=None)
    return _grouped(rows.values_list("email_key", "pk")) if keys else {}


def _by_id(ids: set[str]) -> dict[str, set[int]]:
    rows = CustomerIdentity.objects.filter(
        external_id__in=ids, customer__merged_into=None, customer__erased_at=None
    )
    return _grouped(rows.values_list("external_id", "customer_id")) if ids else {}


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for key, customer in pairs:
        found.setdefault(key, set()).add(customer)
    return found


def read_list(content: bytes) -> Iterator[Named]:
    """Yield what each line names; raise Unreadable.

    With a header the column of addresses is read, else that of ids; without one the first column.
    An empty address falls back to the id of its line.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 1024**2} MB. Split it in parts.")
    text = _decoded(content)
    if not text.strip():
        raise Unreadable("The list is empty.")
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    columns: list[int] | None = None
    try:
        for place, cells in enumerate(reader):
            cells = [restore(cell.strip()) for cell in cells]
            if columns is None and any(cells):
                columns = _columns(cells)
                if columns:
                    continue
                columns = list(range(len(cells)))[:1]
            value = next((cells[c] for c in columns or () if c < len(cells) and cells[c]), "")
            if value:
                yield Named(reader.line_num, value[:254])
            if place > MOST_LINES:
                raise Unreadable(f"The list has more than {MOST_LINES:,} lines. Split it in parts.")
    except csv.Error as error:
        raise Unreadable(
            f"Line {reader.line_num} cannot be read: {error}. Save it as CSV in UTF-8 again."
        ) from error


def _decoded(content: bytes) -> str:
    """Return the text: UTF-8 or UTF-16 by its mark, else UTF-8, else Windows' western letters."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise Unreadable("This is no list of text. Save it as CSV in UTF-8 and try again.")


def _columns(cells: list[str]) -> list[int]:
    """Return the columns to read, the addresses first; nothing when this is no header."""
    names = [fold(cell) for cell in cells]
    emails = [place for place, name in enumerate(names) if name in EMAILS]
    return emails + [place for place, name in enumerate(names) if name in IDS]
