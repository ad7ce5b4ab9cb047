"""What imports keep about customers beside the facts: files, and rows that were not taken."""

import gzip
from collections.abc import Collection
from pathlib import Path
from typing import IO, Any

from django.db.backends.utils import CursorWrapper

from commerce.erasure.parts import PARTS, Moment, Part, People
from integrations.csv.files import path_of
from integrations.models import ImportFile, RejectedRow, SkippedRecord

BLOCK = 1 << 20
State = ImportFile.State
# What waits or is being read is needed still; whoever was erased is turned away there.
READ = (State.DONE, State.FAILED, State.CANCELLED)


def _erase(cursor: CursorWrapper, people: People, moment: Moment) -> int:
    """Delete uploads that were read and name them, the rows that were not taken, what was skipped.

    A file on the merchant's own machine, imported by command, is not ours to delete.
    """
    words = people.words
    count = 0
    for row in _rejected(words):
        count += RejectedRow.objects.filter(pk=row).delete()[0]
    for source, known in people.ids:
        found = SkippedRecord.objects.filter(source=source, external_id=known)
        count += found.delete()[0]
    uploads = ImportFile.objects.filter(is_upload=True, state__in=READ)
    for file in uploads.iterator():
        path = path_of(file)
        if path.exists() and names(path, words):
            path.unlink()
            count += 1
    return count


def _rejected(words: Collection[str]) -> list[int]:
    rows = RejectedRow.objects.values_list("pk", "cells").iterator()
    return [pk for pk, cells in rows if any(_says(cell, words) for cell in cells)]


def _says(cell: Any, words: Collection[str]) -> bool:
    text = str(cell).casefold()
    return any(word in text for word in words)


def names(path: Path, words: Collection[str]) -> bool:
    """Say whether a file, packed or not, holds one of these words, whatever its case."""
    wanted = [word.encode().lower() for word in words]
    if not wanted:
        return False
    keep = max(map(len, wanted)) - 1
    with _open(path) as stream:
        tail = b""
        while block := stream.read(BLOCK):
            text = tail + block.lower()
            if any(word in text for word in wanted):
                return True
            tail = text[-keep:] if keep else b""
    return False


def _open(path: Path) -> IO[bytes]:
    with path.open("rb") as stream:
        is_packed = stream.read(2) == b"\x1f\x8b"
    return gzip.open(path) if is_packed else path.open("rb")  # type: ignore[return-value]


def _tell(people: People) -> list[dict[str, Any]] | None:
    found = RejectedRow.objects.filter(pk__in=_rejected(people.words)) if people.words else None
    return [dict(row) for row in found.values("file__name", "line", "cells")] if found else None


PARTS.register(Part("imports", "Uploaded files", _erase, _tell))
