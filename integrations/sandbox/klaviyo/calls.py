"""What a handler is given and what it answers; the table of operations; pages."""

import base64
import bisect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from integrations.sandbox.klaviyo.account import Account
from integrations.sandbox.klaviyo.limits import Tier
from integrations.sandbox.klaviyo.problems import invalid

ORIGIN = "https://a.klaviyo.com"
READ, WRITE, FEW = Tier(75, 750), Tier(10, 150), Tier(1, 15)
FLOWS, EVENTS = Tier(3, 60), Tier(350, 3500)
REPORTS = Tier(1, 2, 225)


@dataclass
class Call:
    """One request, let in."""

    account: Account
    path: str
    params: dict[str, str]
    body: Any
    ids: dict[str, str]
    now: float
    origin: str = ORIGIN

    @property
    def id(self) -> str:
        """The id in the address."""
        return self.ids["id"]

    @property
    def data(self) -> Any:
        """The body's `data`; raises the 400 without one."""
        if not isinstance(self.body, dict) or "data" not in self.body:
            raise invalid("The payload needs a 'data' object.", pointer="/data")
        return self.body["data"]

    @property
    def attributes(self) -> dict[str, Any]:
        """The attributes of a body with one object."""
        found = self.data.get("attributes")
        if not isinstance(found, dict):
            raise invalid("'attributes' is a required field.", pointer="/data/attributes")
        return found


@dataclass
class Reply:
    """An answer."""

    body: Any = None
    status: int = 200


Handler = Callable[[Call], Reply]


@dataclass(frozen=True)
class Operation:
    """One address and verb."""

    id: str
    method: str
    pattern: re.Pattern[str]
    tier: Tier
    scopes: frozenset[str]
    handler: Handler
    params: frozenset[str] = field(default_factory=frozenset)


OPERATIONS: list[Operation] = []


def operation(
    method: str, path: str, id: str, tier: Tier, *scopes: str, params: str = ""
) -> Callable[[Handler], Handler]:
    """Register a handler for an address; `params`: the query parameters that it knows."""
    pattern = re.compile("/api" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "/?")

    def register(handler: Handler) -> Handler:
        known = frozenset(params.split())
        OPERATIONS.append(Operation(id, method, pattern, tier, frozenset(scopes), handler, known))
        return handler

    return register


def size_of(call: Call, *, default: int, most: int) -> int:
    """Return how many rows a page holds; raise the 400 for one that is too large."""
    text = call.params.get("page[size]", str(default))
    if not text.isdecimal() or not 1 <= int(text) <= most:
        words = f"Page size must be an integer between 1 and {most}."
        raise invalid(words, parameter="page[size]")
    return int(text)


def page(
    call: Call,
    rows: Sequence[Any],
    *,
    key: Callable[[Any], Any],
    show: Callable[[Any], Any],
    size: int,
) -> Reply:
    """Return the rows behind the cursor; `rows` are sorted by `key`, which is text or a tuple."""
    start = 0
    if "page[cursor]" in call.params:
        start = bisect.bisect_right(rows, _read_cursor(call), key=lambda row: str(key(row)))
    some = rows[start : start + size]
    links: dict[str, Any] = {"self": _address(call, call.params), "next": None, "prev": None}
    if start + size < len(rows):
        cursor = base64.b16encode(str(key(some[-1])).encode()).decode()
        links["next"] = _address(call, call.params | {"page[cursor]": cursor})
    return Reply({"data": [show(row) for row in some], "links": links})


def _read_cursor(call: Call) -> str:
    try:
        return base64.b16decode(call.params["page[cursor]"]).decode()
    except ValueError:
        raise invalid("Invalid cursor.", parameter="page[cursor]") from None


def _address(call: Call, params: dict[str, str]) -> str:
    query = urlencode(params)
    return f"{call.origin}{call.path}" + (f"?{query}" if query else "")


def padded(moment: float, number: int) -> str:
    """Return a sort key of a moment and a number as text that sorts as they do."""
    return f"{moment:020.6f}:{number:012d}"


def link(path: str) -> dict[str, str]:
    """Return the `links` of an object."""
    return {"self": f"{ORIGIN}/api/{path}/"}
