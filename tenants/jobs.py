"""The registry of background jobs, and the only two doors through which work is sent.

Each app lists its jobs in its `jobs.py`, imported by `AppConfig.ready`. A job is a function of the merchant it runs in: it gets a
RunHandle (its parameters, progress, cancellation) and returns its counts.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from tenants.models import TenantJob
from tenants.registry import Registry
from tenants.runs import RunHandle

Cadence = TenantJob.Cadence


@dataclass(frozen=True)
class Job:
    """One kind of background work. `run` returns counts to show; it raises to fail."""

    key: str
    label: str
    run: Callable[[RunHandle], dict[str, Any] | None]
    queue: str = "compute"  # dispatch, interactive, sync, compute, actions
    cadence: str = Cadence.ON_DEMAND
    every: int = 1
    at: time | None = None  # the merchant's local time
    help: str = ""
    tags: frozenset[str] = field(default_factory=frozenset)


REGISTRY: Registry[Job] = Registry("job")
register = REGISTRY.register
