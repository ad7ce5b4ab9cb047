"""What is measured, how long it took, and what it is held against."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Clock:
    """Seconds of one stretch of work, set when its block ends."""

    seconds: float = 0.0


@contextmanager
def timed() -> Iterator[Clock]:
    """Measure the wall time of a block."""
    clock, start = Clock(), time.perf_counter()
    yield clock
    clock.seconds = time.perf_counter() - start


def p95(work: Callable[[], Any], *, times: int = 20) -> float:
    """Return the 95th percentile of `times` runs in milliseconds, after one that warms up."""
    work()
    taken = []
    for _ in range(times):
        with timed() as clock:
            work()
        taken.append(clock.seconds * 1000)
    return statistics.quantiles(taken, n=20)[18]


@dataclass
class Line:
    """One row of the table: a figure, its limit, and whether it was reached."""

    what: str
    figure: str
    limit: str = ""
    is_reached: bool | None = None

    @property
    def verdict(self) -> str:
        return {True: "reached", False: "MISSED", None: ""}[self.is_reached]


@dataclass
class Report:
    """The lines of one part."""

    part: str
    lines: list[Line] = field(default_factory=list)

    def add(self, what: str, figure: str, limit: str = "", *, ok: bool | None = None) -> None:
        """Keep a line and print it."""
        line = Line(what, figure, limit, ok)
        self.lines.append(line)
        print(f"  {what:<58} {figure:>16}  {limit:<22} {line.verdict}", flush=True)

    def ratio(self, what: str, one: float, other: float, *, at_most: float) -> None:
        """Keep a ratio with its limit."""
        found = one / other if other else float("inf")
        self.add(what, f"{found:.2f} x", f"<= {at_most:g} x", ok=found <= at_most)

    def seconds(self, what: str, seconds: float) -> None:
        """Keep a duration that stands for itself."""
        self.add(what, f"{seconds:.2f} s")
