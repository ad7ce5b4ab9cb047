"""The doors of the CSV import, for pages, commands and the demo."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from commerce.models import AttributeDefinition
from integrations.csv.attributes import guess_kinds, key_of
from integrations.csv.detect import detect, merge_columns
from integrations.csv.fields import ATTRIBUTE, Kind
from integrations.csv.files import digest_of, keep, path_of, shown_name
from integrations.csv.mapping import Mapping
from integrations.csv.plan import make_plan
from integrations.csv.reading import Records, Row, Source, Unreadable
from integrations.csv.values import Refused
from integrations.models import ImportFile
from tenants import audit, jobs
from tenants.models import Run
from tenants.schema import connection

JOB = "import"
SEEN = 2_000  # rows from which kinds of attributes are guessed


@dataclass(frozen=True)
class Understood:
    """A row of the preview: what it means, or why it would be rejected."""

    line: int
    cells: list[str]
    values: dict[str, str]
    problem: str = ""


def receive(upload: UploadedFile, *, kind: str, by: Any = None) -> ImportFile:
    """Store an uploaded file and understand it; raise ValidationError in words."""
    path, digest = keep(upload)
    try:
        mapping = detect(path, kind=kind, zone=connection.tenant.timezone, is_upload=True)
    except Unreadable as error:
        path.unlink()
        raise ValidationError(str(error)) from error
    return ImportFile.objects.create(
        kind=kind,
        name=shown_name(upload.name or ""),
        path=path.name,
        sha256=digest,
        size=path.stat().st_size,
        mapping=mapping.as_json(),
        created_by=by,
    )


def register(
    path: Path, *, kind: str, source: str = "csv", changes: dict[str, Any] | None = None
) -> ImportFile:
    """Return the import of a file on this machine: the unfinished one of the same content, or new.

    `changes` replace what was detected. Raises ValidationError in words.
    """
    try:
        columns = (changes or {}).get("columns")
        mapping = detect(path, kind=kind, zone=connection.tenant.timezone, columns=columns)
    except (Unreadable, OSError) as error:
        raise ValidationError(str(error)) from error
    mapping = edited(mapping, changes or {})
    digest = digest_of(path)
    unfinished = ImportFile.objects.filter(
        sha256=digest, kind=kind, source=source, mapping=mapping.as_json(), is_upload=False
    ).exclude(state=ImportFile.State.DONE)
    file = unfinished.first() or ImportFile(kind=kind, source=source, mapping=mapping.as_json())
    file.name, file.path = shown_name(path.name), str(path.resolve())
    file.sha256, file.size, file.is_upload = digest, path.stat().st_size, False
    file.save()
    return file


def edited(mapping: Mapping, changes: dict[str, Any]) -> Mapping:
    """Return the mapping with `changes`; columns are replaced one by one. Raise ValidationError."""
    unknown = set(changes) - set(mapping.as_json())
    if unknown:
        raise ValidationError(f"A mapping has no “{sorted(unknown)[0]}”.")
    columns = changes.get("columns", {})
    strange = set(columns) - set(mapping.labels)
    if strange:
        raise ValidationError(f"The file has no column “{sorted(strange)[0]}”.")
    merged = merge_columns(mapping, columns)
    found = Mapping.from_json({**mapping.as_json(), **changes, "columns": merged})
    problems = found.problems()
    if problems:
        raise ValidationError(problems)
    return found


def preview(file: ImportFile, *, count: int = 10) -> list[Understood]:
    """Return the first rows as they are understood; empty while the mapping has problems."""
    mapping = Mapping.from_json(file.mapping)
    if mapping.problems():
        return []
    plan = make_plan(mapping, kinds=_kinds(file))
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


def _kinds(file: ImportFile) -> dict[str, str]:
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


def declare_attributes(file: ImportFile) -> None:
    """Make the definitions of custom attributes that the file brings for the first time."""
    if file.kind != Kind.CUSTOMERS:
        return
    mapping = Mapping.from_json(file.mapping)
    renamed = {
        label: ATTRIBUTE + key_of(target.removeprefix(ATTRIBUTE))
        for label, target in mapping.columns.items()
        if target.startswith(ATTRIBUTE)
    }
    mapping.columns |= renamed
    file.mapping = mapping.as_json()
    file.save(update_fields=["mapping"])
    for key, kind in _kinds(file).items():
        AttributeDefinition.objects.get_or_create(
            key=key, defaults={"label": key.replace("_", " ").capitalize(), "kind": kind}
        )


def start(file: ImportFile, *, by: audit.Actor = None, is_trial: bool = False) -> Run:
    """Queue the import of a checked file, or its trial; one that was stopped goes on."""
    problems = Mapping.from_json(file.mapping).problems()
    if problems:
        raise ValidationError(problems)
    with transaction.atomic():
        run = jobs.start(JOB, params={"file": file.pk} | ({"dry_run": True} if is_trial else {}))
        file.run_id = run.pk
        if not is_trial:
            file.state = ImportFile.State.READY
            audit.record(by, "import", file, kind=file.kind, size=file.size)
        file.save(update_fields=["run_id", "state"])
    return run


def change(file: ImportFile, changes: dict[str, Any]) -> list[str]:
    """Save an edited mapping and return its problems; one with problems is kept and shown.

    Once rows have been imported the mapping stays: the rest must be read like the beginning.
    """
    if file.rows_done:
        raise ValidationError("Part of the file is imported: its columns can no longer change.")
    before = Mapping.from_json(file.mapping)
    mapping = Mapping.from_json({**file.mapping, **changes, "doubts": []})
    has_new_columns = mapping.columns != before.columns
    if has_new_columns and (mapping.dates, mapping.decimal) == (before.dates, before.decimal):
        _look_again(file, mapping)
    file.mapping, file.dry_counts = mapping.as_json(), {}
    file.save(update_fields=["mapping", "dry_counts"])
    return mapping.problems()


def _look_again(file: ImportFile, mapping: Mapping) -> None:
    """Tell the styles from the columns that now hold dates and amounts."""
    seen = detect(
        path_of(file),
        kind=file.kind,
        zone=mapping.timezone,
        is_upload=file.is_upload,
        columns=mapping.columns,
    )
    mapping.dates, mapping.decimal, mapping.doubts = seen.dates, seen.decimal, seen.doubts


def discard(file: ImportFile) -> None:
    """Forget the import and delete its uploaded file; facts it has brought stay."""
    if file.is_upload:
        path_of(file).unlink(missing_ok=True)
    file.delete()
