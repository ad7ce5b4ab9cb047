"""A first understanding of a file: separators, columns, date and number styles, doubts."""

import csv
import re
import unicodedata
from collections import Counter, defaultdict
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from commerce.text import fold
from integrations.csv.fields import FIELDS, PROPERTY, Kind
from integrations.csv.mapping import LINES, ORDERS, Mapping
from integrations.csv.moments import DAY_FIRST, MONTH_FIRST, date_style
from integrations.csv.numbers import decimal_sign
from integrations.csv.reading import LONGEST_FIELD, Records
from integrations.csv.source import BLOCK, MOST_COLUMNS, Source, Unreadable, encoding_of

DELIMITERS = ",;\t|"
SAMPLE = 2_000  # rows looked at
_MONTH_FIRST_ZONES = ("America/", "US/", "Pacific/Honolulu", "Canada/")


def detect(
    path: Path,
    *,
    kind: str,
    zone: str,
    is_upload: bool = False,
    columns: dict[str, str] | None = None,
) -> Mapping:
    """Return how the file looks; raise Unreadable when it is no table.

    `columns` that are known already replace the proposed ones before styles are told from cells.
    """
    encoding, delimiter = _writing(path, is_upload=is_upload)
    source = Source(path, is_upload=is_upload)
    try:
        rows = [
            row.cells
            for row in islice(Records(source, encoding=encoding, delimiter=delimiter), SAMPLE + 1)
            if not row.problem
        ]
    finally:
        source.close()
    header = next((row for row in rows if any(cell.strip() for cell in row)), None)
    if header is None:
        raise Unreadable("The file is empty.")
    labels = unique_labels(header)
    sample = [row for row in rows[rows.index(header) + 1 :] if len(row) == len(labels)]
    mapping = Mapping(
        kind=kind,
        labels=labels,
        columns=propose(labels, kind=kind),
        delimiter=delimiter,
        encoding=encoding,
        timezone=zone,
    )
    if columns is None:
        _settle_amount(mapping, sample)
    else:
        mapping.columns = merge_columns(mapping, columns)
    _styles(mapping, sample, zone)
    return mapping


def merge_columns(mapping: Mapping, changes: dict[str, str]) -> dict[str, str]:
    """Return the columns with `changes`; a meaning that is given away is taken from its column."""
    taken = {target for target in changes.values() if target}
    kept = {
        label: "" if target in taken and label not in changes else target
        for label, target in mapping.columns.items()
    }
    return kept | changes


def _writing(path: Path, *, is_upload: bool) -> tuple[str, str]:
    source = Source(path, is_upload=is_upload)
    try:
        head = source.read()
    finally:
        source.close()
    if not head.strip(b"\0\r\n\t "):
        raise Unreadable("The file is empty.")
    encoding = encoding_of(head)
    text = head[: BLOCK // 2 * 2].decode(encoding, "replace")
    if text.count("\0") > len(text) // 1000 + 5:
        raise Unreadable("This is no text: it holds NUL bytes throughout. Save it as CSV.")
    return encoding, delimiter_of(text)


def delimiter_of(text: str) -> str:
    """Return the separator whose count agrees best between the header and the next rows."""
    lines = [line[:LONGEST_FIELD] for line in text.splitlines()[:50] if line.strip()]
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        if not widths or widths[0] < 2:
            continue
        score = widths[0] * sum(width == widths[0] for width in widths) / len(widths)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def unique_labels(header: list[str]) -> list[str]:
    """Return the header's names, blank and repeated ones told apart by number."""
    if len(header) > MOST_COLUMNS:
        raise Unreadable(
            f"The file has {len(header):,} columns; at most {MOST_COLUMNS:,} are read."
        )
    if sum(bool(re.fullmatch(r"[\d.,:/\- ]+", cell.strip() or "x")) for cell in header) > 1:
        raise Unreadable(
            "The first line looks like data. Put a line with the columns' names above it."
        )
    seen: Counter[str] = Counter()
    labels: list[str] = []
    for position, cell in enumerate(header, start=1):
        name = cell.replace("\0", "").strip()[:100] or f"Column {position}"
        seen[name] += 1
        while (label := name if seen[name] == 1 else f"{name} ({seen[name]})") in labels:
            seen[name] += 1
        labels.append(label)
    return labels


def plain(label: str) -> str:
    """Return a header as synonyms are written: folded, letters and digits only, no accents."""
    bare = unicodedata.normalize("NFKD", fold(label))
    return re.sub(r"[^0-9a-z]", "", bare.replace("ß", "ss"))


# Headers that mean something else in an export that is known as a whole.
_SHOPIFY = {"name": "number", "id": "", "paymentreference": "", "lineitemdiscount": "line_discount"}


def propose(labels: list[str], *, kind: str) -> dict[str, str]:
    """Return a field for each column whose header is known; earlier synonyms weigh more."""
    found: dict[str, str] = {}
    by_plain = {plain(label): label for label in reversed(labels)}
    is_shopify = kind == Kind.ORDERS and {"lineitemname", "financialstatus"} <= set(by_plain)
    if is_shopify:
        found = {by_plain[name]: key for name, key in _SHOPIFY.items() if name in by_plain}
    for field in FIELDS[Kind(kind)]:
        if field.key in found.values():
            continue
        for name in (plain(field.key), plain(field.label), *field.synonyms.split()):
            label = by_plain.get(name)
            if label and label not in found:
                found[label] = field.key
                break
    for label in labels:
        own = label.startswith("attr.") and kind == Kind.CUSTOMERS
        if label not in found and (kind == Kind.EVENTS or own):
            found[label] = label if own else f"{PROPERTY}{label.removeprefix(PROPERTY)}"
    return {label: found.get(label, "") for label in labels}


def _settle_amount(mapping: Mapping, sample: list[list[str]]) -> None:
    """Read a “total” that differs between the rows of one order as the line's amount."""
    targets = mapping.targets
    if (
        mapping.kind != Kind.ORDERS
        or mapping.shape not in (ORDERS, LINES)
        or "total" not in targets
    ):
        return
    if {"price", "line_total"} & set(targets):
        return
    totals: defaultdict[str, set[str]] = defaultdict(set)
    repeats = Counter(row[targets["number"]] for row in sample)
    for row in sample:
        totals[row[targets["number"]]].add(row[targets["total"]])
    if any(len(found) > 1 and repeats[number] > 1 for number, found in totals.items() if number):
        mapping.columns[mapping.labels[targets["total"]]] = "line_total"


def _styles(mapping: Mapping, sample: list[list[str]], zone: str) -> None:
    fields = {each.key: each for each in FIELDS[Kind(mapping.kind)]}
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    for target, index in mapping.targets.items():
        if target in fields:
            what = "date" if fields[target].reads in ("moment", "day") else fields[target].reads
            kinds[what] += [row[index] for row in sample]
    mapping.dates, is_sure = date_style(dict.fromkeys(kinds["date"]))
    if not is_sure:
        ZoneInfo(zone)
        mapping.dates = MONTH_FIRST if zone.startswith(_MONTH_FIRST_ZONES) else DAY_FIRST
        mapping.doubts.append("dates")
    amounts = dict.fromkeys(cell for cell in kinds["money"] + kinds["quantity"] if cell.strip())
    mapping.decimal, is_sure = decimal_sign(amounts)
    if not is_sure:
        mapping.doubts.append("decimal")
