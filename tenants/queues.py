"""The queues of background work, and how long a run of each may take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds a whole run and one of its statements may take."""

    run_seconds: int
    statement_seconds: int


# One page or one push a run; a compute run is one transaction, or pages that resume.
LIMITS = {
    "dispatch": Limits(60, 50),
    "interactive": Limits(120, 110),
    "sync": Limits(120, 110),
    "compute": Limits(1_800, 1_200),
    "actions": Limits(120, 110),
}
QUEUES = tuple(LIMITS)
