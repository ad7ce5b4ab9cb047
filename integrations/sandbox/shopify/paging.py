"""Pages of a list: cursors that hold value and id of the last row, as the real ones do."""

import base64
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from integrations.sandbox.shopify.ids import read_gid
from integrations.sandbox.shopify.refusals import refusal

Made = dict[str, Any]
Key = tuple[Any, int]
MOST = 250  # rows a page of any list; the members of a segment: 1000


def cursor(key: Key) -> str:
    """Return the cursor of a row by what it is sorted by and its number."""
    told = {"last_id": key[1], "last_value": key[0]}
    return base64.b64encode(json.dumps(told).encode()).decode()


def read_cursor(text: str) -> Key:
    """Return the key a cursor stands for; raises a refusal when it is none of ours."""
    try:
        told = json.loads(base64.b64decode(text, validate=True))
        return told["last_value"], int(told["last_id"])
    except (ValueError, KeyError, TypeError):
        raise refusal("Invalid cursor for current pagination sort.", "INVALID_CURSOR") from None


class Ordered:
    """Rows sorted by a value, then by number; made once for each state of the store."""

    def __init__(self, rows: Iterable[Made], key: Callable[[Made], Any]) -> None:
        keyed = sorted(
            (((key(row), read_gid(row["id"])[1]), row) for row in rows), key=lambda pair: pair[0]
        )
        self.keys: list[Key] = [pair[0] for pair in keyed]
        self.rows: list[Made] = [pair[1] for pair in keyed]

    def walk(self, *, after: str | None, is_down: bool) -> Iterator[tuple[Key, Made]]:
        """Yield (key, row) behind a cursor, upwards or downwards."""
        start, stop = 0, len(self.keys)
        if after:
            key = read_cursor(after)
            if is_down:
                stop = bisect_left(self.keys, key)
            else:
                start = bisect_right(self.keys, key)
        span = range(stop - 1, start - 1, -1) if is_down else range(start, stop)
        return ((self.keys[place], self.rows[place]) for place in span)


Walk = Callable[[str | None, bool], Iterator[tuple[Key, Made]]]


def page(walk: Walk, *, finds: Callable[[Made], bool], most: int = MOST, **asked: Any) -> Made:
    """Return a connection; `asked`: first, after, last, before, reverse as the caller gave them."""
    first, last = asked.get("first"), asked.get("last")
    size: int | None = first if first is not None else last
    if size is None or (first is not None and last is not None):
        raise refusal("you must provide one of first or last", "BAD_REQUEST")
    if not 0 < size <= most:
        raise refusal(f"Page size must be between 1 and {most}.", "BAD_REQUEST")
    is_down = bool(asked.get("reverse"))
    if first is not None:
        found = walk(asked.get("after"), is_down)
    else:
        found = walk(asked.get("before"), not is_down)
    rows = list(islice((pair for pair in found if finds(pair[1])), size + 1))
    return _connection(rows, size=size, is_last=first is None, asked=asked)


def _connection(rows: Sequence[tuple[Key, Made]], *, size: int, is_last: bool, asked: Made) -> Made:
    has_more, shown = len(rows) > size, list(rows[:size])
    if is_last:
        shown.reverse()
    edges = [{"cursor": cursor(key), "node": row} for key, row in shown]
    return {
        "edges": edges,
        "nodes": [edge["node"] for edge in edges],
        "pageInfo": {
            "hasNextPage": bool(asked.get("before")) if is_last else has_more,
            "hasPreviousPage": has_more if is_last else bool(asked.get("after")),
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        },
    }


def page_of_list(rows: Sequence[Made], **asked: Any) -> Made:
    """Return a connection over a short list that keeps its own order (the lines of an order)."""
    keys: list[Key] = [(place, place) for place in range(len(rows))]

    def walk(after: str | None, is_down: bool) -> Iterator[tuple[Key, Made]]:
        pairs = list(zip(keys, rows, strict=True))
        if is_down:
            pairs.reverse()
        if after is None:
            return iter(pairs)
        mark = read_cursor(after)
        return iter([pair for pair in pairs if (pair[0] < mark if is_down else pair[0] > mark)])

    return page(walk, finds=lambda _row: True, **asked)
