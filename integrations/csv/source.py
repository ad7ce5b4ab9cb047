"""A file as text, line by line: gzip or plain, any common encoding, bounded memory."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

BLOCK = 1024 * 1024
LONGEST_LINE = 16 * BLOCK  # characters without a line break: more is no table
MOST_COLUMNS = 1_000
# An uploaded gzip may unpack to a hundred times its size once past this: files of orders reach 20.
FREE_OUTPUT, LARGEST_RATIO = 64 * BLOCK, 100

_MAGIC = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"(\xb5/\xfd": "a zstd archive",
    b"%PDF": "a PDF",
    b"PAR1": "a Parquet file",
}


class Unreadable(Exception):  # noqa: N818 - a state of the file
    """The file as a whole cannot be imported; the message says why and what to do."""


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are no UTF-8 as Windows wrote them: old exports mix both."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("strata_cp1252", _as_cp1252)


class Source:
    """A file being read. `position` of `size` bytes tells how far, packed or not."""

    def __init__(self, path: Path, *, is_upload: bool = False) -> None:
        self.path, self.size, self.is_upload = path, path.stat().st_size, is_upload
        self.raw: BinaryIO = path.open("rb")
        head = self.raw.read(8)
        self.raw.seek(0)
        for magic, what in _MAGIC.items():
            if head.startswith(magic):
                raise Unreadable(
                    f"This is {what}. Save or unpack it as CSV, plain or gzip, and try again."
                )
        self.is_gzip = head.startswith(b"\x1f\x8b")
        self.stream = cast(BinaryIO, gzip.GzipFile(fileobj=self.raw) if self.is_gzip else self.raw)
        self.unpacked = 0

    @property
    def position(self) -> int:
        return self.raw.tell()

    def close(self) -> None:
        self.raw.close()

    def read(self) -> bytes:
        """Return the next block of the unpacked file; raise Unreadable for a broken or bomb one."""
        try:
            block = self.stream.read(BLOCK)
        except (OSError, EOFError, zlib.error) as error:
            raise Unreadable(f"The gzip file is damaged or cut off: {error}.") from error
        self.unpacked += len(block)
        if self.is_upload and self.unpacked > max(FREE_OUTPUT, self.size * LARGEST_RATIO):
            raise Unreadable(
                f"The file unpacks to over {LARGEST_RATIO} times its size. "
                "That is no file of orders; unpack it and import it by command if it is."
            )
        return block

    def lines(self, encoding: str) -> Iterator[list[str]]:
        """Yield lists of whole lines. A line longer than LONGEST_LINE makes the file unreadable."""
        decoder = codecs.getincrementaldecoder(encoding)(_errors(encoding))
        rest = ""
        while block := self.read():
            found = io.StringIO(rest + decoder.decode(block), newline="").readlines()
            # The last line may go on, and a carriage return may be half of a line break.
            rest = found.pop() if found and not found[-1].endswith("\n") else ""
            if len(rest) > LONGEST_LINE:
                raise Unreadable(f"A line is longer than {LONGEST_LINE:,} characters: no table.")
            if found:
                yield found
        last = io.StringIO(rest + decoder.decode(b"", final=True), newline="").readlines()
        if last:
            yield last


def _errors(encoding: str) -> str:
    return "strata_cp1252" if encoding.startswith("utf-8") else "replace"


def encoding_of(head: bytes) -> str:
    """Return the encoding a file's first bytes show."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head[1:200:2].count(0) > len(head[1:200:2]) * 0.6:
        return "utf-16-le"
    if head[0:200:2].count(0) > len(head[0:200:2]) * 0.6:
        return "utf-16-be"
    return "utf-8"
