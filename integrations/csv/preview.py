"""A file before its import: its first rows as they are understood, the kinds of its attributes."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from commerce.models import AttributeDefinition
from integrations.csv.attributes import guess_kinds
from integrations.csv.fields import ATTRIBUTE
from integrations.csv.files import path_of
from integrations.csv.mapping import Mapping
from integrations.csv.plan import make_plan
from integrations.csv.reading import Records, Row
from integrations.csv.source import Source
from integrations.csv.values import Refused
from integrations.models import ImportFile

SEEN = 2_000  # rows from which kinds of attributes are guessed


@dataclass(frozen=True)
class Understood:
    """A row of the preview: what it means, or why it would be rejected."""

    line: int
    cells: list[str]
    values: dict[str, str]
    problem: str = ""


def preview(file: ImportFile, *, count: int = 10) -> list[Understood]:
    """Return the first rows as they are understood; empty while the mapping has problems."""
    mapping = Mapping.from_json(file.mapping)
    if mapping.problems():
        return []
    plan = make_plan(mapping, kinds=kinds_of(file))
    found = []
    for row in first_rows(file, count=count):
        try:
            if row.problem:
                raise Refused(row.problem)
            found.append(Understood(row.line, row.cells, plan.understand(row.cells)))
        except Refused as refused:
            found.append(Understood(row.line, row.cells, {}, str(refused)))
    return found


def first_rows(file: ImportFile, *, count: int) -> list[Row]:
    """Return the first rows after the header."""
    mapping = Mapping.from_json(file.mapping)
    source = Source(path_of(file), is_upload=file.is_upload)
    try:
        records = Records(source, encoding=mapping.encoding, delimiter=mapping.delimiter)
        rows = iter(records)
        header = next(row for row in rows if any(cell.strip() for cell in row.cells))
        records.width = len(header.cells)
        return list(islice(rows, count))
    finally:
        source.close()


def kinds_of(file: ImportFile) -> dict[str, str]:
    """Return the kinds of the file's custom attributes: declared ones, others guessed."""
    mapping = Mapping.from_json(file.mapping)
    wanted = {
        target.removeprefix(ATTRIBUTE): index
        for target, index in mapping.targets.items()
        if target.startswith(ATTRIBUTE)
    }
    known = dict(AttributeDefinition.objects.filter(key__in=wanted).values_list("key", "kind"))
    missing = {key: index for key, index in wanted.items() if key not in known}
    if missing:
        rows = [row.cells for row in first_rows(file, count=SEEN) if not row.problem]
        samples: dict[str, Iterable[str]] = {
            key: [cells[index] for cells in rows] for key, index in missing.items()
        }
        guessed = guess_kinds(samples, dates=mapping.dates)
        known |= {key: guessed.get(key, AttributeDefinition.Kind.TEXT) for key in missing}
    return known
