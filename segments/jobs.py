"""The background work of this floor, and what commerce marks for it."""

from datetime import time
from typing import Any

from commerce import policy_effect, stale
from segments import following, health, services
from segments.definitions import REFRESH
from segments.models import Segment
from segments.models.membership import Cause
from segments.scoring.beside.run import compute_scores
from segments.scoring.beside.tallies import keep_months
from segments.scoring.rfm.marks import CONSUMER
from segments.scoring.rfm.movement import keep_month
from segments.scoring.rfm.policy_reader import READER
from tenants.jobs import Cadence, Job, register
from tenants.runs import RunHandle


def run_rfm(handle: RunHandle) -> dict[str, Any]:
    """Bring RFM to the run's local day; `full` in the parameters reads every order again."""
    run = services.compute_rfm(
        at=handle.moment, is_full=bool(handle.params.get("full")), progress=handle
    )
    keep_month(run)
    keep_months(compute_scores(at=handle.moment, progress=handle))
    refreshed = following.follow_scores(at=handle.moment, cause=run.cause)
    following.follow_marks(at=handle.moment)
    return {
        "scored": run.customers_scored,
        "touched": run.customers_touched,
        "segments": refreshed,
    }


def run_changed(handle: RunHandle) -> dict[str, Any]:
    """Score again the customers whose facts changed, then refresh the segments they can move."""
    touched = 0
    if services.latest_run() is not None:
        run = services.compute_rfm(at=handle.moment, progress=handle)
        touched = run.customers_touched
        if touched:
            following.follow_scores(at=handle.moment, cause=Cause.DATA)
        runs = compute_scores(at=handle.moment, progress=handle)
        touched += sum(run.customers_touched for run in runs)
    refreshed = following.follow_marks(at=handle.moment, progress=handle)
    refreshed += following.follow_due(at=handle.moment, progress=handle)
    return {"touched": touched, "segments": refreshed}


def run_refresh(handle: RunHandle) -> dict[str, Any]:
    """Compute the segments the run names, with their readers; every temporal one without names."""
    named = handle.params.get("segments")
    if named is None:
        return {"segments": following.follow_time(at=handle.moment, progress=handle)}
    rows = Segment.objects.filter(pk__in=named, kind=Segment.Kind.RULES, state=Segment.State.ACTIVE)
    cause = str(handle.params.get("cause", Cause.TIME))
    done = following.follow_named(list(rows), at=handle.moment, cause=cause, progress=handle)
    return {"segments": done}


def run_health(handle: RunHandle) -> dict[str, Any]:
    """Look over all segments once a quarter, or now when somebody asked."""
    at, is_asked = handle.moment, bool(handle.params.get("now"))
    report = health.keep_report(at=at) if is_asked else health.keep_if_due(at=at)
    return {"segments": report.segments_count if report else 0}


register(
    Job(
        key=health.JOB,
        label="Look over segments",
        run=run_health,
        cadence=Cadence.MONTHLY,
        at=time(5, 0),
        help="Once a quarter: segments that nobody uses, that stand still, that are much alike.",
    )
)
policy_effect.READERS.register(READER)
stale.CONSUMERS.register(stale.Consumer(CONSUMER, "RFM scores"))
stale.CONSUMERS.register(stale.Consumer(following.CONSUMER, "Segments"))
register(
    Job(
        key=REFRESH,
        label="Refresh segments",
        run=run_refresh,
        cadence=Cadence.DAILY,
        at=time(0, 5),
        help="After midnight, the segments whose members change as time passes.",
    )
)
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
        help="Scores again the customers whose orders changed; counts segments whose hour, morning"
        " or week has come. Woken by every import and sync.",
    )
)
