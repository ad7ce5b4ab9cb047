"""Faults made on purpose: answers that are refused, cut, slow, or lost after they took effect."""

from dataclasses import dataclass
from typing import Literal

from integrations.sandbox.klaviyo.limits import throttled
from integrations.sandbox.klaviyo.problems import Problem, error

Kind = Literal["status", "cut", "drop", "lost", "slow", "html"]


@dataclass
class Fault:
    """What goes wrong with the next calls of an operation ("*": of any).

    status: refused with `status` (429 with `retry_after`, None: no header). cut: half an answer.
    drop: no answer, nothing done. lost: done, no answer. slow: `seconds` late. html: a 502 page.
    """

    operation: str = "*"
    kind: Kind = "status"
    status: int = 503
    times: int = 1
    skip: int = 0  # calls that go well before
    retry_after: int | None = None
    seconds: float = 0.0

    def problem(self) -> Problem:
        """Return the refusal."""
        if self.status == 429:
            return throttled(self.retry_after)
        words = {401: "Incorrect authentication credentials.", 403: "Missing scope."}
        detail = words.get(self.status, "The service is not available.")
        return Problem(self.status, [error(self.status, "error", detail, title="Error.")])


class Faults:
    """Those that are still to happen."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let a fault happen."""
        self.waiting.append(fault)

    def clear(self) -> None:
        """Let everything go well again."""
        self.waiting.clear()

    def take(self, operation: str) -> Fault | None:
        """Return the fault of this call, if it has one."""
        for fault in self.waiting:
            if fault.operation not in ("*", operation):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.waiting.remove(fault)
            return fault
        return None
