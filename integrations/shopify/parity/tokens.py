"""Cutting a Shopify segment query into words, numbers, dates, texts and signs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 5_000  # characters: what a shop accepts as a segment's query


class QueryError(ValueError):
    """A query that cannot be read: words in Shopify's manner, with line and column."""

    def __init__(self, words: str, *, line: int = 0, column: int = 0) -> None:
        super().__init__(f"Line {line} Column {column}: {words}" if line else words)


@dataclass(frozen=True)
class Token:
    """A piece of the query; `at` is its place in the text."""

    kind: str  # word text number date offset sign end
    text: str
    at: int


_PIECES = re.compile(
    r"""(?P<space>\s+)
      | (?P<text>'(?:[^'\\]|\\.|'')*')
      | (?P<date>\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})?)?(?![\w.-]))
      | (?P<offset>[+-]\d{1,6}[dwmy](?!\w))
      | (?P<number>[+-]?\d{1,18}(?:\.\d{1,18})?(?![\w.]))
      | (?P<word>[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)
      | (?P<sign>!=|<>|>=|<=|[=<>(),:])
    """,
    re.VERBOSE,
)


def cut(query: str) -> Iterator[Token]:
    """Yield the pieces of `query`, the last of kind `end`; raise QueryError at a strange sign."""
    if len(query) > LONGEST:
        raise QueryError(f"A segment query has at most {LONGEST:,} characters.")
    at = 0
    while at < len(query):
        match = _PIECES.match(query, at)
        if match is None:
            raise unexpected(query, at=at, text=query[at])
        if match.lastgroup != "space":
            yield Token(str(match.lastgroup), match[0], at)
        at = match.end()
    yield Token("end", "", len(query))


def unexpected(query: str, *, at: int, text: str) -> QueryError:
    """Return the fault of a piece that stands where it cannot stand."""
    words = f"'{text[:60]}' is unexpected." if text else "the query ends too early."
    return fault(query, words, at=at)


def fault(query: str, words: str, *, at: int) -> QueryError:
    """Return a fault that names line and column of the place `at`."""
    before = query[:at]
    column = at - (before.rfind("\n") + 1) + 1
    return QueryError(words, line=before.count("\n") + 1, column=column)
