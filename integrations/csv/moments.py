"""Dates and times in the styles files write them, as moments with an offset."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from integrations.csv.values import Refused

YEAR_FIRST, DAY_FIRST, MONTH_FIRST, EPOCH, SERIAL = "ymd", "dmy", "mdy", "epoch", "serial"
STYLES = {
    YEAR_FIRST: "Year first: 2024-03-31",
    DAY_FIRST: "Day first: 31/03/2024",
    MONTH_FIRST: "Month first: 03/31/2024",
    EPOCH: "Seconds or milliseconds since 1970",
    SERIAL: "A spreadsheet's day number: 45382.5",
}
# Four rounds of a year: English, then German, French, Spanish, Italian and their like.
_MONTH_WORDS = """
jan feb mar apr may jun jul aug sep oct nov dec
jan fév mär abr mai jun jul ago sep okt nov dez
ene fev mrt avr mag juin juil aoû set out nov dic
gen feb mar apr mei giu lug aug sept ott nov déc
"""
_MONTHS = {word: index % 12 + 1 for index, word in enumerate(_MONTH_WORDS.split())}
_TIME = (
    r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp])?\.?[Mm]?\.?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_SPLIT = re.compile(r"(\w{1,9})[-/. ,]+(\w{1,9})\.?[-/. ,]+(\d{1,4})" + _TIME)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})" + _TIME)
_SERIAL_START = datetime(1899, 12, 30)  # noqa: DTZ001 a calendar date, given its zone below
EARLIEST, LATEST = 1900, 2200


def moment(label: str, *, style: str, zone: tzinfo) -> Callable[[str], str]:
    """Return a reader of moments; without an offset they are local in `zone`."""

    def read(cell: str) -> str:
        found = parse(cell, style=style)
        if found is None or not EARLIEST <= found.year <= LATEST:
            raise Refused(f"{label} “{cell[:60]}” is no date ({STYLES[style]})")
        return (found if found.tzinfo else found.replace(tzinfo=zone)).isoformat()

    return read


def day(label: str, *, style: str) -> Callable[[str], str]:
    """Return a reader of calendar days, such as birthdays."""

    def read(cell: str) -> str:
        found = parse(cell, style=style)
        if found is None or not EARLIEST <= found.year <= LATEST:
            raise Refused(f"{label} “{cell[:60]}” is no date ({STYLES[style]})")
        return found.date().isoformat()

    return read


def parse(cell: str, *, style: str) -> datetime | None:
    """Return the moment `cell` names in `style`, naive when it has no offset, or None."""
    try:
        if style == YEAR_FIRST:
            return _iso(cell)
        if style == EPOCH:
            seconds = float(cell)
            return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
        if style == SERIAL:
            days = timedelta(days=float(cell))
            return _SERIAL_START + timedelta(seconds=round(days.total_seconds()))
        return _split(cell, style)
    except (ValueError, OverflowError, OSError):
        return None


def _iso(cell: str) -> datetime | None:
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        return _split(cell, YEAR_FIRST)


def _split(cell: str, style: str) -> datetime | None:
    match = _SPLIT.fullmatch(cell) or _COMPACT.fullmatch(cell)
    if not match:
        return None
    first, second, third, *time = match.groups()
    if len(first) == 4 and first.isdigit():
        year, month, day_of_month = first, second, third
    elif style == MONTH_FIRST or not first.isdigit():
        month, day_of_month, year = first, second, third
    else:
        day_of_month, month, year = first, second, third
    whole_year = int(year) + (0 if len(year) > 2 else 2000 if int(year) < 69 else 1900)
    return _with_time(date(whole_year, _month(month), int(day_of_month)), *time)


def _month(word: str) -> int:
    if word.isdigit():
        return int(word)
    folded = word.casefold()
    return _MONTHS.get(folded) or _MONTHS.get(folded[:4]) or _MONTHS.get(folded[:3]) or 0


def _with_time(
    on: date, hour: str | None, minute: str, second: str, half: str | None, offset: str | None
) -> datetime:
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half in "pP" else 0)
    zone: tzinfo | None = None
    if offset:
        digits = offset.replace(":", "")
        sign = -1 if digits[0] == "-" else 1
        minutes = 0 if digits[0] in "ZUG" else sign * (int(digits[1:3]) * 60 + int(digits[3:5]))
        zone = timezone(timedelta(minutes=minutes))
    return datetime(
        on.year, on.month, on.day, hours, int(minute or 0), int(second or 0), tzinfo=zone
    )


def date_style(samples: Iterable[str]) -> tuple[str, bool]:
    """Return the style that reads most samples, and whether day and month cannot be mixed up."""
    values = [sample.strip() for sample in samples if sample.strip()]
    scores = {style: sum(_fits(value, style) for value in values) for style in STYLES}
    best = max(scores, key=lambda style: scores[style])  # the first of equals: year first
    tied = scores[DAY_FIRST] == scores[MONTH_FIRST] == scores[best] > 0
    return best, not (tied and best in (DAY_FIRST, MONTH_FIRST))


def _fits(value: str, style: str) -> bool:
    if style == SERIAL:
        return bool(re.fullmatch(r"[1-9]\d{4}(\.\d+)?", value)) and 20_000 < float(value) < 80_000
    if style == EPOCH:
        return bool(re.fullmatch(r"[1-9]\d{8,12}", value))
    year_is_first = bool(re.match(r"\d{4}", value))
    if (style == YEAR_FIRST) != year_is_first:
        return False
    found = parse(value, style=style)
    return found is not None and EARLIEST <= found.year <= LATEST
