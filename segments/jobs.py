"""The background work of this floor, and what commerce marks for it."""

from datetime import time
from typing import Any

from commerce import stale
from segments import services
from segments.scoring.rfm.marks import CONSUMER
from tenants.jobs import Cadence, Job, register
from tenants.runs import RunHandle


def run_rfm(handle: RunHandle) -> dict[str, Any]:
    """Bring RFM to the run's local day; `full` in the parameters reads every order again."""
    run = services.compute_rfm(
        at=handle.moment, is_full=bool(handle.params.get("full")), progress=handle
    )
    return {"scored": run.customers_scored, "touched": run.customers_touched}


def run_changed(handle: RunHandle) -> dict[str, Any]:
    """Score again the customers whose facts changed, when anything was scored before."""
    if services.latest_run() is None:
        return {}
    run = services.compute_rfm(at=handle.moment, progress=handle)
    return {"touched": run.customers_touched}


stale.CONSUMERS.register(stale.Consumer(CONSUMER, "RFM scores"))
register(
    Job(
        key=services.RFM_JOB,
        label="Calculate RFM",
        run=run_rfm,
        cadence=Cadence.DAILY,
        at=time(3, 0),
        help="Recency, frequency and spend of every customer, and the segments that follow.",
    )
)
register(
    Job(
        key=stale.CHANGED,
        label="Follow changes",
        run=run_changed,
        cadence=Cadence.HOURS,
        every=1,
        help="Scores again the customers whose orders changed. Woken by every import and sync.",
    )
)
