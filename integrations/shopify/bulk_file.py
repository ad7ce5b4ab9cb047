"""A bulk file as chunks: whole lines, children beside their parents where both are in the chunk.

A file has one record a line; a line of an order stands anywhere, before or after it. What finds no
parent in its chunk is late, and lands after everything else. Memory holds two chunks.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

CHUNK_LINES, CHUNK_BYTES = 30_000, 10 * 1024**2  # two of them: some 350 MiB
LONGEST_LINE = 32 * 1024**2
PARENT = "__parentId"
Json = dict[str, Any]


class BrokenFile(Exception):  # noqa: N818 - a state
    """The file is no list of records."""


@dataclass
class Chunk:
    """Some lines of a file and how far it was read with them."""

    roots: list[Json] = field(default_factory=list)
    children: dict[str, list[Json]] = field(default_factory=dict)  # parent's gid → lines
    late: list[tuple[str, Json]] = field(default_factory=list)  # parent's gid, line
    lines: int = 0
    unreadable: int = 0
    end: int = 0  # bytes of the file


def read_chunks(pieces: Iterable[bytes], *, start: int = 0) -> Iterator[Chunk]:
    """Yield the file's chunks from byte `start` on."""
    raw: list[bytes] = []
    size, position = 0, start
    for line in _lines(pieces):
        raw.append(line)
        size += len(line)
        position += len(line)
        if len(raw) >= CHUNK_LINES or size >= CHUNK_BYTES:
            yield _parse(raw, end=position)
            raw, size = [], 0
    if raw:
        yield _parse(raw, end=position)


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield whole lines with their ends; a last one without an end is one too."""
    rest = b""
    for piece in pieces:
        found = (rest + piece).splitlines(keepends=True) if rest else piece.splitlines(True)
        rest = found.pop() if found and not found[-1].endswith(b"\n") else b""
        if len(rest) > LONGEST_LINE:
            raise BrokenFile("A line of the file is too long.")
        yield from found
    if rest:
        yield rest


def _parse(raw: list[bytes], *, end: int) -> Chunk:
    chunk = Chunk(lines=len(raw), end=end)
    ids = set()
    for line in raw:
        try:
            node = json.loads(line)
        except ValueError:
            chunk.unreadable += bool(line.strip())
            continue
        if not isinstance(node, dict):
            chunk.unreadable += 1
        elif PARENT in node:
            chunk.children.setdefault(node[PARENT], []).append(node)
        else:
            chunk.roots.append(node)
            ids.add(node.get("id"))
    for parent in [parent for parent in chunk.children if parent not in ids]:
        chunk.late += [(parent, line) for line in chunk.children.pop(parent)]
    return chunk
