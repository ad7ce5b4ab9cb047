"""Reading records out of lines: quotes, odd rows, and going on after one that cannot be read."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from integrations.csv.source import Source

LONGEST_FIELD = 128 * 1024
KEPT_BLOCKS = 8  # to go back to after a record that went wrong

csv.field_size_limit(LONGEST_FIELD)


@dataclass(frozen=True)
class Row:
    """A record, or why it is none (`problem`). `line` is where it begins."""

    line: int
    cells: list[str]
    problem: str = ""


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
