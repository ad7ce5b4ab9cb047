"""Tables that leave the house as spreadsheets: XLSX in constant memory, no cell a formula."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from django.http import HttpResponse

from tenants.schema import connection
from tenants.tables import UNSAFE_NAME, neutralise

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What begins like a formula, a link or a number is text, as it came.
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
LONGEST = 32_767  # characters a cell holds
WIDTH = 16


def workbook(sheet_name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a workbook of one sheet, the header in bold and held in view."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, OPTIONS)
    sheet = book.add_worksheet(_sheet_name(sheet_name))
    bold = book.add_format({"bold": True})
    sheet.set_column(0, max(len(header) - 1, 0), WIDTH)
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(header):
        sheet.write_string(0, place, neutralise(name), bold)
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            _write(sheet, number, place, value)
    book.close()
    return file.getvalue()


def _write(sheet: Any, row: int, place: int, value: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(row, place, "yes" if value else "no")
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, place, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(
            row, place, value.astimezone(connection.tenant.zone).replace(tzinfo=None)
        )
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime(value.year, value.month, value.day))  # noqa: DTZ001
    else:
        sheet.write_string(row, place, neutralise(str(value))[:LONGEST])


def _sheet_name(text: str) -> str:
    kept = "".join(" " if mark in "[]:*?/\\'" else mark for mark in text)
    return kept.strip()[:31] or "Export"


def workbook_response(
    name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    """Return a download called `name`. Write the audit row before."""
    safe = UNSAFE_NAME.sub("-", name).strip("-.") or "export"
    response = HttpResponse(workbook(name, header, rows), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{safe}.xlsx"'
    response["Cache-Control"] = "no-store, private"
    return response
