"""What a background job is, and the table of all of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from tenants.models import TenantJob
from tenants.queues import LIMITS, Limits
from tenants.registry import Registry
from tenants.runs import RunHandle

Cadence = TenantJob.Cadence


def one_lane(params: dict[str, Any]) -> str:
    """Let no two runs of a job overlap."""
    return ""


@dataclass(frozen=True)
class Job:
    """One kind of background work. `run` returns counts to show; it raises JobFailed in words.

    Any other exception is tried three times. A run must therefore be safe to repeat: one
    transaction, or pages that resume. Runs with different `lane(params)` may be at work at once.
    A `platform` job runs in `public` about a merchant.
    """

    key: str
    label: str
    run: Callable[[RunHandle], dict[str, Any] | None]
    queue: str = "compute"  # one of tenants.queues
    cadence: str = Cadence.ON_DEMAND
    every: int = 1
    at: time | None = None  # the merchant's local time
    day: int = 1  # ISO weekday of a weekly job, day of the month of a monthly one
    permission: str = "access.manage_jobs"  # who may start and cancel it
    help: str = ""
    tags: frozenset[str] = field(default_factory=frozenset)
    lane: Callable[[dict[str, Any]], str] = one_lane
    run_seconds: int | None = None  # longer than the queue's limit, e.g. an import that resumes
    needs_params: bool = False  # nothing to schedule or to start from the Jobs page
    platform: bool = False
    account: str = ""  # provider without whose live account it is not scheduled

    @property
    def limits(self) -> Limits:
        """How long a run and a statement of it may take."""
        usual = LIMITS[self.queue]
        return Limits(self.run_seconds or usual.run_seconds, usual.statement_seconds)


REGISTRY: Registry[Job] = Registry("job")
register = REGISTRY.register
