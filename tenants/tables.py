"""Tables that leave the house: CSV that no spreadsheet runs, row by row.

A cell that a spreadsheet could take for a formula gets a leading apostrophe: one that begins with
= + - @, a tab or a line break, also after spaces, and one that begins with an apostrophe, so that
`restore` can take exactly one away again. Numbers are written as numbers: -3.50 stays -3.50. The
rest is RFC 4180: commas, double quotes, CRLF. NUL has no place in text and is left out.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse

from tenants.models import Tenant
from tenants.schema import connection

# Full-width forms too: spreadsheets fold them.
RISKY = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠]|\s*'")
UNSAFE_NAME = re.compile(r"[^A-Za-z0-9._-]+")
CHUNK = 500  # rows a piece of the answer: few system calls, little memory


def cell(value: Any) -> str:
    """Return a value as the text of its cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return neutralise(str(value))


def neutralise(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula."""
    text = text.replace("\0", "")
    return f"'{text}" if RISKY.match(text) else text


def restore(text: str) -> str:
    """Return what `neutralise` was given: our own imports read our own exports unchanged."""
    inner = text[1:]
    return inner if text.startswith("'") and neutralise(inner) == text else text


class _Line:
    """What csv.writer writes to: it hands the line on."""

    def write(self, line: str) -> str:
        return line


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the lines of a CSV file, the header first."""
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield writer.writerow([neutralise(name) for name in header])  # type: ignore[misc]
    for row in rows:
        yield writer.writerow([cell(value) for value in row])  # type: ignore[misc]


def csv_response(
    name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """Return a download called `name`, read in the schema it was asked in.

    The body is read after the middleware has ended: `rows` may query (`.iterator()`), and finds the
    merchant's tables. Write the audit row (`tenants.audit.record`) before.
    """
    pieces = _pieces(csv_lines(header, rows), tenant=connection.tenant)
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    safe = UNSAFE_NAME.sub("-", name.removesuffix(".csv")).strip("-.") or "export"
    response["Content-Disposition"] = f'attachment; filename="{safe}.csv"'
    response["Cache-Control"] = "no-store, private"
    return response


def _pieces(lines: Iterator[str], *, tenant: Tenant) -> Iterator[bytes]:
    connection.set_tenant(tenant)
    waiting: list[str] = []
    for line in lines:
        waiting.append(line)
        if len(waiting) == CHUNK:
            yield "".join(waiting).encode()
            waiting.clear()
    if waiting:
        yield "".join(waiting).encode()
