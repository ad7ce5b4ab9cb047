"""The jobs of the scores beside RFM, and of what RFM is put to."""

from typing import Any

from commerce import stale
from segments import following
from segments.scoring.beside.marks import CONSUMER
from segments.scoring.beside.run import compute_scores
from segments.scoring.beside.settings import JOB
from segments.scoring.beside.tallies import keep_months
from segments.uses import tiers
from tenants.jobs import Job, register
from tenants.runs import RunHandle


def run_scores(handle: RunHandle) -> dict[str, Any]:
    """Bring engagement, PQL and lifecycle to the run's local day, then the segments that read them.

    `full` in the parameters compares everybody.
    """
    is_full = bool(handle.params.get("full"))
    runs = compute_scores(at=handle.moment, is_full=is_full, progress=handle)
    keep_months(runs)
    refreshed = following.follow_marks(at=handle.moment, progress=handle)
    return {
        "scored": max((run.customers_scored for run in runs), default=0),
        "touched": sum(run.customers_touched for run in runs),
        "segments": refreshed,
    }


def run_tiers(handle: RunHandle) -> dict[str, Any]:
    """Write the loyalty tiers of the RFM segments to their customers."""
    return {"customers_changed": tiers.write_tiers(at=handle.moment, progress=handle)}


register(
    Job(
        key=tiers.JOB,
        label="Write loyalty tiers",
        run=run_tiers,
        permission="segments.change_segment",
        help="Sets the tier of each customer to that of their RFM segment.",
    )
)
stale.CONSUMERS.register(stale.Consumer(CONSUMER, "Engagement, PQL, lifecycle"))
register(
    Job(
        key=JOB,
        label="Calculate scores",
        run=run_scores,
        help="Engagement, PQL and lifecycle. Every night after RFM, and when settings change.",
    )
)
