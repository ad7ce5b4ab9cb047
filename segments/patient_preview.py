"""A preview bounded in time, for builder and API: what does not fit is left out."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from commerce.models import CustomerMetrics
from commerce.patience import TooSlowError, patience
from segments.preview import Asked, Counted, Preview

WAIT_MS = 5_000  # for everything one preview asks
LEAST_MS = 300  # what a later part gets when an earlier one used the time up
TOO_SLOW = "This rule is too slow to count now. It can be saved: the job counts without hurry."

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Found:
    """What there was time for; `totals` is None when not even counting fitted."""

    totals: Preview | None
    nodes: list[Counted]
    samples: list[tuple[CustomerMetrics, list[str]]]
    is_whole: bool


def preview_patiently(asked: Asked) -> Found:
    """Ask for the total, the nodes and the samples, in that order, within five seconds."""
    left = _Patience()
    totals = left.ask(asked.totals)
    nodes = left.ask(asked.nodes) or []
    samples = left.ask(asked.samples) or []
    return Found(totals, nodes, samples, is_whole=not left.gave_up)


class _Patience:
    """Five seconds for everything: each part gets what the parts before it left."""

    def __init__(self) -> None:
        self.start, self.gave_up = time.monotonic(), False

    def ask(self, question: Callable[[], Answer]) -> Answer | None:
        """Return the answer, or None when it needs more time than there is."""
        spent = int(1000 * (time.monotonic() - self.start))
        try:
            with patience(max(LEAST_MS, WAIT_MS - spent)):
                return question()
        except TooSlowError:
            self.gave_up = True
            return None
