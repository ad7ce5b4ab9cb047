"""How long work tells how far it is, and learns that it was cancelled."""

from typing import Protocol


class Cancelled(Exception):  # noqa: N818 - not an error
    """Somebody asked for this work to stop. What was not committed is rolled back."""


class Progress(Protocol):
    """What long work is given: a background run, a command's standard error, or silence."""

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say how far the work is; raise Cancelled when it was cancelled."""
        ...


class Silence:
    """Progress for callers who do not look."""

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        return
