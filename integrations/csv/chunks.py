"""A file cut into chunks: rows encoded for COPY, rows refused, and how far the file was read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from integrations.csv.loading import Rejection
from integrations.csv.plan import Plan
from integrations.csv.reading import Records, Row
from integrations.csv.source import Source
from integrations.csv.values import Refused

CHUNK = 100_000  # rows: 20 MB of text, some 3 s of the database
CHUNK_TEXT = 48 * 1024**2  # characters, whatever the rows: two chunks are in memory at once
KEPT_CELLS, KEPT_TEXT = 50, 200
WITH_CELLS = 2_000  # rejections of a chunk that keep their cells: 20 MB at the worst


@dataclass
class Chunk:
    """Some rows ready for COPY, those refused while reading, and how far the file was read then."""

    rows: list[str] = field(default_factory=list)
    refused: list[Rejection] = field(default_factory=list)
    count: int = 0  # records read, refused ones too
    position: int = 0


def read_chunks(source: Source, *, plan: Plan, skip: int = 0) -> Iterator[Chunk]:
    """Yield the rows of the file after the header and the first `skip` of them."""
    mapping = plan.mapping
    records = Records(source, encoding=mapping.encoding, delimiter=mapping.delimiter)
    rows = iter(records)
    header = next(row for row in rows if any(cell.strip() for cell in row.cells))
    records.width = len(header.cells)
    next(islice(rows, skip, skip), None)
    while True:
        chunk = _read_chunk(rows, plan)
        if not chunk.count:
            return
        chunk.position = source.position
        yield chunk


def _read_chunk(rows: Iterator[Row], plan: Plan) -> Chunk:
    chunk, encode, room = Chunk(), plan.encode, CHUNK_TEXT
    for row in islice(rows, CHUNK):
        chunk.count += 1
        try:
            if row.problem:
                raise Refused(row.problem)
            encoded = encode(row.cells, row.line)
        except Refused as refused:
            has_room = len(chunk.refused) < WITH_CELLS
            chunk.refused.append(_rejection(row, str(refused), has_cells=has_room))
            continue
        chunk.rows.append(encoded)
        room -= len(encoded)
        if room < 0:
            break
    return chunk


def _rejection(row: Row, reason: str, *, has_cells: bool) -> Rejection:
    shown = row.cells[:KEPT_CELLS] if has_cells else []
    cells = tuple(cell.replace("\0", "␀")[:KEPT_TEXT] for cell in shown)
    return Rejection(row.line, reason[:300], cells)
