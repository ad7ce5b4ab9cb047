"""The doors of the CSV import, for pages, commands and the demo."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from commerce import attribute_kinds
from integrations.csv.attributes import key_of
from integrations.csv.detect import detect, merge_columns
from integrations.csv.fields import ATTRIBUTE, Kind
from integrations.csv.files import digest_of, keep, path_of, shown_name
from integrations.csv.mapping import Mapping
from integrations.csv.preview import kinds_of
from integrations.csv.source import Unreadable
from integrations.models import ImportFile
from tenants import audit, jobs
from tenants.models import Run
from tenants.schema import connection

JOB = "import"


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
    for key, kind in kinds_of(file).items():
        attribute_kinds.declare(key=key, kind=kind)


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
