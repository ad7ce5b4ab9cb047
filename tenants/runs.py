"""A run while it is at work: parameters, progress, cancellation, lease."""

from typing import Any

from tenants.models import Run


class RunHandle:
    """What a job function is given. It is a Progress."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @property
    def params(self) -> dict[str, Any]:
        return self.run.params

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        self.run.progress_done, self.run.progress_total, self.run.progress_note = done, total, note
