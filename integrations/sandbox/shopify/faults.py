"""What goes wrong on demand: queued faults, each for the next calls that fit it."""

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from integrations.sandbox.shopify.execution import Answer, throttled

if TYPE_CHECKING:
    from integrations.sandbox.shopify.cost import Bucket

Made = dict[str, Any]
WORDS = {
    401: "[API] Invalid API key or access token (unrecognized login or wrong password)",
    402: "Unavailable Shop",
    403: "[API] This action requires merchant approval for the necessary scope.",
    404: "Not Found",
    423: "[API] This shop is currently locked.",
    429: "Exceeded 2 calls per second for api client. Reduce request rates to resume.",
    430: "Security rejection",
}
# How an answer can be spoilt on its way: see server.Handler, which carries these out.
SPOILT = ("cut", "broken", "slow", "hang", "reset", "cut_gzip")
KINDS = ("status", "throttled", "internal", "denied", "rewrite", *SPOILT)


@dataclass
class Fault:
    """One fault for `count` calls.

    kind: status (with `status`), throttled, internal (an error without data), denied (the field at
    `path` is null and refused), rewrite (the value at `path` becomes `value`), or one of SPOILT.
    where: graphql, token or bulk. fits: a word that has to stand in the query. skip: calls that
    pass before it. is_late: the call is carried out first, and its answer lost.
    """

    kind: str
    where: str = "graphql"
    count: int = 1
    skip: int = 0
    fits: str = ""
    status: int = 503
    retry_after: str = ""
    path: str = ""
    value: Any = None
    seconds: float = 0.0
    is_late: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"A fault is one of {', '.join(KINDS)}.")


@dataclass
class Faults:
    """The queue; a fault that has happened `count` times is over."""

    queue: list[Fault] = field(default_factory=list)
    happened: int = 0

    def add(self, kind: str, **values: Any) -> Fault:
        """Let something go wrong with the next call that fits."""
        fault = Fault(kind, **values)
        self.queue.append(fault)
        return fault

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self.queue.clear()

    def next(self, where: str, text: str = "") -> Fault | None:
        """Return what goes wrong with this call."""
        for fault in self.queue:
            if fault.where != where or not re.search(re.escape(fault.fits), text):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.count -= 1
            if fault.count <= 0:
                self.queue.remove(fault)
            self.happened += 1
            return fault
        return None


def refuse(fault: Fault, bucket: "Bucket | None") -> Answer | None:
    """Return the answer of a fault that takes the place of the real one; None for the others."""
    if fault.kind == "status":
        headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
        body: Any = {"errors": WORDS.get(fault.status, "Internal Server Error")}
        return Answer(
            "<h1>Bad gateway</h1>" if fault.status == 502 else body, fault.status, headers
        )
    if fault.kind == "throttled" and bucket is not None:
        bucket.points = min(bucket.points, 40.0)
        return throttled(752, bucket)
    if fault.kind == "internal":
        extensions = {"code": "INTERNAL_SERVER_ERROR", "requestId": "sandbox-request"}
        words = "Internal error. Looks like something went wrong on our end."
        return Answer({"errors": [{"message": words, "extensions": extensions}]})
    return None


def spoil(fault: Fault, answer: Answer) -> Answer:
    """Change an answer that was given: a value at a path, or a field that is refused."""
    body = json.loads(json.dumps(answer.body))
    if fault.kind == "rewrite":
        write(body, fault.path, fault.value)
    elif fault.kind == "denied":
        write(body, f"data.{fault.path}", None)
        name = fault.path.rpartition(".")[2]
        error = {
            "message": f"Access denied for {name} field.",
            "path": [int(part) if part.isdigit() else part for part in fault.path.split(".")],
            "extensions": {"code": "ACCESS_DENIED", "documentation": ""},
        }
        body.setdefault("errors", []).append(error)
    return Answer(body, answer.status, answer.headers)


def write(body: Any, path: str, value: Any) -> None:
    """Put a value at `a.b.0.c`; what is not there is left alone."""
    *parts, last = path.split(".")
    place = body
    for part in parts:
        try:
            place = place[int(part)] if isinstance(place, list) else place[part]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(place, list):
        place[int(last)] = value
    elif isinstance(place, dict):
        place[last] = value
