"""Promo codes from a CSV file: one code a row, whole or not at all."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from commerce.text import fold
from segments.lookup import find_segment
from segments.models import PromoCode
from segments.promotions.drafts import Draft
from segments.promotions.saving import save_code
from tenants import audit
from tenants.schema import connection
from tenants.tables import restore

MOST_BYTES, MOST_ROWS, MOST_FAULTS = 2 * 1024 * 1024, 5_000, 50
COLUMNS = (
    *("code", "description", "discount", "value", "include", "exclude", "match"),
    *("starts_at", "ends_at", "most_total", "most_each", "unknown", "state"),
)


class UnreadableError(Exception):
    """The file cannot be taken; the message says why, `faults` which lines."""

    def __init__(self, words: str, faults: list[tuple[int, str]] | None = None) -> None:
        super().__init__(words)
        self.faults = faults or []


@dataclass(frozen=True)
class Imported:
    """What an import came to."""

    made: int
    changed: int
    same: int


def import_codes(data: bytes, *, common: Draft, by: audit.Actor, at: datetime) -> Imported:
    """Make a code of every row, or change the one that has it; what a row leaves out is `common`'s.

    Raises UnreadableError with the lines that are wrong; then nothing is written.
    """
    rows = list(_rows(data))
    known = {
        row.code_key: row
        for row in PromoCode.objects.filter(code_key__in={fold(row["code"]) for _, row in rows})
    }
    made = changed = 0
    faults: list[tuple[int, str]] = []
    with transaction.atomic():
        for line, row in rows:
            before = known.get(fold(row["code"]))
            version = before.version if before else 0
            try:
                kept = save_code(_draft(row, common), by=by, at=at, row=before)
            except (ValidationError, ValueError) as error:
                faults.append((line, _words(error)))
                continue
            known[kept.code_key] = kept
            made += before is None
            changed += before is not None and kept.version != version
        if faults:
            transaction.set_rollback(True)
    if faults:
        words = f"{len(faults):,} of {len(rows):,} rows cannot be taken. Nothing was imported."
        raise UnreadableError(words, faults[:MOST_FAULTS])
    return Imported(made, changed, len(rows) - made - changed)


def _rows(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    if len(data) > MOST_BYTES:
        raise UnreadableError(f"A file has {MOST_BYTES // 1024**2} MiB at most.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableError("This file is not UTF-8. Save it as “CSV UTF-8”.") from None
    if "\0" in text:
        raise UnreadableError("This is no text file.")
    dialect = (
        ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    )
    lines = csv.reader(io.StringIO(text), delimiter=dialect)
    names = [name.strip().casefold().replace(" ", "_") for name in next(lines, [])]
    if "code" not in names:
        raise UnreadableError("The first line names the columns; one of them is “code”.")
    if unknown := sorted({name for name in names if name and name not in COLUMNS}):
        known = ", ".join(COLUMNS)
        raise UnreadableError(f"There is no column “{unknown[0][:60]}”. There are: {known}.")
    count = 0
    try:
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MOST_ROWS:
                raise UnreadableError(f"A file has {MOST_ROWS:,} codes at most. Split it.")
            yield lines.line_num, dict(zip(names, map(_cell, cells), strict=False))
    except csv.Error as error:
        raise UnreadableError(f"Line {lines.line_num} cannot be read: {error}.") from None


def _cell(text: str) -> str:
    return restore(text.strip())


def _draft(row: dict[str, str], common: Draft) -> Draft:
    """Return a row's draft; raise ValueError or ValidationError in words."""
    told: dict[str, Any] = {"code": row["code"]}
    readers: dict[str, Callable[[str], Any]] = {
        "description": str,
        "discount": lambda text: _one_of(text, PromoCode.Discount.values),
        "value": _number,
        "include": _segments,
        "exclude": _segments,
        "match": lambda text: _one_of(text, PromoCode.Match.values),
        "starts_at": _moment,
        "ends_at": lambda text: _moment(text, is_end=True),
        "most_total": _whole,
        "most_each": _whole,
        "unknown": lambda text: _one_of(text, PromoCode.Unknown.values),
        "state": lambda text: _one_of(text, PromoCode.State.values),
    }
    for name, read in readers.items():
        if text := row.get(name, ""):
            try:
                told[name] = read(text)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
    draft = replace(common, **told)
    if len(draft.description) > 500:
        raise ValueError("description: 500 characters at most.")
    if draft.discount == PromoCode.Discount.FREE_SHIPPING and "value" not in told:
        draft = replace(draft, value=None)
    return draft


def _one_of(text: str, known: list[str]) -> str:
    key = fold(text).replace(" ", "_")
    if key not in known:
        raise ValueError(f"“{text[:60]}” is none of {', '.join(known)}.")
    return key


def _number(text: str) -> Decimal:
    try:
        found = Decimal(text.rstrip("% "))
    except InvalidOperation:
        raise ValueError(f"“{text[:60]}” is no number.") from None
    if not found.is_finite():
        raise ValueError(f"“{text[:60]}” is no number.")
    return found


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 11):
        raise ValueError(f"“{text[:60]}” is no whole number.")
    return int(text)


def _moment(text: str, *, is_end: bool = False) -> datetime:
    """Read a moment, or a local day: its beginning, or for an end the day's own end."""
    try:
        if len(text) == 10:
            day = date.fromisoformat(text) + timedelta(days=int(is_end))
            return datetime.combine(day, time(), connection.tenant.zone)
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        words = f"“{text[:60]}” is no day like 2026-06-30 and no moment like 2026-06-30T09:00."
        raise ValueError(words) from None
    return found if found.tzinfo else found.replace(tzinfo=connection.tenant.zone)


def _segments(text: str) -> tuple[int, ...]:
    """Read slugs, ids or names, parted by |."""
    names = [one.strip() for one in text.split("|") if one.strip()]
    return tuple(sorted({find_segment(name).pk for name in names}))


def _words(error: ValueError | ValidationError) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
