"""Reading a file of any size line by line: gzip or plain, any common encoding, bounded memory."""

import codecs
import csv
import gzip
import io
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, cast

BLOCK = 1024 * 1024
LONGEST_LINE = 16 * BLOCK  # characters without a line break: more is no table
LONGEST_FIELD = 128 * 1024
KEPT_BLOCKS = 8  # to go back to after a record that went wrong
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

csv.field_size_limit(LONGEST_FIELD)


class Unreadable(Exception):  # noqa: N818 - a state of the file
    """The file as a whole cannot be imported; the message says why and what to do."""


@dataclass(frozen=True)
class Row:
    """A record, or why it is none (`problem`). `line` is where it begins."""

    line: int
    cells: list[str]
    problem: str = ""


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


class Records:
    """The records of a file. A record that cannot be read gives a Row with a problem.

    A quotation mark that is never closed would swallow the rest of the file: the record is given
    up where it began, and reading goes on with the very next line.
    """

    def __init__(self, source: Source, *, encoding: str, delimiter: str) -> None:
        self.delimiter = delimiter
        self.recent: deque[tuple[int, list[str]]] = deque()  # first line, lines: some 8 MiB
        self.next_line = 1
        self.blocks = source.lines(encoding)
        self.offset = 0  # lines read before the present reader was made
        self.reader = self._reader(self._fresh())
        self.width = 0  # of the header, once known

    def _reader(self, lines: Iterator[str]) -> "csv._reader":  # type: ignore[name-defined]
        # Strict: a quotation mark that is not closed is an error where it stands, not a long field.
        return csv.reader(lines, delimiter=self.delimiter, strict=True)

    def _fresh(self) -> Iterator[str]:
        return chain.from_iterable(self._remembered())

    def _remembered(self) -> Iterator[list[str]]:
        for block in self.blocks:
            self.recent.append((self.next_line, block))
            # A block has about BLOCK characters; a record that went wrong began in one of these.
            while len(self.recent) > KEPT_BLOCKS:
                self.recent.popleft()
            self.next_line += len(block)
            yield block

    def __iter__(self) -> Iterator[Row]:
        while True:
            line = self.offset + self.reader.line_num + 1
            try:
                cells = next(self.reader)
            except StopIteration:
                return
            except csv.Error as error:
                cells, problem = self._salvage(line, error)
                self._go_on_after(line)
                if problem:
                    yield Row(line, cells, problem)
                    continue
            if len(cells) == self.width or not self.width:
                yield Row(line, cells)
            elif any(cells):
                yield self._odd(line, cells)

    def _salvage(self, line: int, error: csv.Error) -> tuple[list[str], str]:
        """Read a line with quotation marks in the middle of a field, if they are in pairs."""
        text = self._line(line)
        if "limit" in str(error):
            return [], f"a field is longer than {LONGEST_FIELD:,} characters"
        if text.count('"') % 2:
            return [text[:1000]], "a quotation mark is opened and not closed"
        return next(csv.reader([text], delimiter=self.delimiter)), ""

    def _line(self, line: int) -> str:
        for first, block in self.recent:
            if first <= line < first + len(block):
                return block[line - first]
        return ""

    def _odd(self, line: int, cells: list[str]) -> Row:
        """Take a record of another length: short ones are filled, blanks cut, others refused."""
        if len(cells) < self.width:
            if self.offset + self.reader.line_num > line:
                self._go_on_after(line)
                return Row(line, cells, "a quotation mark is opened and not closed on its line")
            return Row(line, cells + [""] * (self.width - len(cells)))
        if not any(cell.strip() for cell in cells[self.width :]):
            return Row(line, cells[: self.width])
        if self.offset + self.reader.line_num > line:
            self._go_on_after(line)
        return Row(line, cells, f"has {len(cells)} fields where the header has {self.width}")

    def _go_on_after(self, line: int) -> None:
        """Read again from the line after `line`, out of the blocks still held."""
        again: list[list[str]] = []
        for first, block in self.recent:
            if first + len(block) > line + 1:
                again.append(block[max(0, line + 1 - first) :])
        self.offset = self.next_line - 1 - sum(map(len, again))
        self.reader = self._reader(chain(chain.from_iterable(again), self._fresh()))
