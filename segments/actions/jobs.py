"""The job that reads the ledgers for triggers: woken by new rows, and every five minutes."""

from typing import Any

from segments.actions import delivering, merged, usage  # noqa: F401  # they register themselves
from segments.actions.dispatching import dispatch_all
from segments.membership import ACT
from tenants import effect_job
from tenants.jobs import Cadence, Job, register
from tenants.runs import RunHandle


def run_act(handle: RunHandle) -> dict[str, Any]:
    """Write the effects of what changed, and start sending whatever is due."""
    decided = dispatch_all(at=handle.moment)
    return {"changes": decided, "senders": effect_job.sweep(at=handle.moment)}


register(
    Job(
        key=ACT,
        label="Follow triggers",
        run=run_act,
        queue="actions",
        cadence=Cadence.MINUTES,
        every=5,
        help="What triggers do when customers enter, leave or move. Woken by every such change.",
    )
)
