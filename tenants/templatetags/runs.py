"""`{% run_progress run %}`: how far a background run is, kept up to date by itself."""

import datetime as dt
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils import timezone

from tenants.jobs import REGISTRY
from tenants.models import Run

register = template.Library()

WORTH_TELLING = dt.timedelta(seconds=5)
BADGES = {
    Run.State.QUEUED: "is-info",
    Run.State.RUNNING: "is-info",
    Run.State.DONE: "is-good",
    Run.State.CANCELLED: "is-warn",
    Run.State.FAILED: "is-bad",
    Run.State.QUARANTINED: "is-bad",
}


@register.inclusion_tag("tenants/run_progress.html", takes_context=True)
def run_progress(context: RequestContext, run: Run | None) -> dict[str, Any]:
    """Show `run` with its bar, words and cancel button; nothing without a run."""
    return {"run": run} if run is None else describe(run, user=context["request"].user)


def describe(run: Run, *, user: Any) -> dict[str, Any]:
    """Return what `tenants/run_progress.html` shows of `run` to `user`."""
    job = REGISTRY.get(run.job)
    return {
        "run": run,
        "label": job.label if job else run.job,
        "badge": BADGES[Run.State(run.state)],
        "counts": [(run_words(key), value) for key, value in run.counts.items()],
        "time_left": time_left(run, now=timezone.now()),
        "may_cancel": run.is_live and job is not None and user.has_perm(job.permission),
    }


def time_left(run: Run, *, now: dt.datetime) -> str:
    """Return about how long `run` goes on, in words; empty when that is not known or short."""
    if run.state != Run.State.RUNNING or not run.progress_total or not run.progress_done:
        return ""
    if run.started_at is None:
        return ""
    share = run.progress_done / run.progress_total
    left = (now - run.started_at) * ((1 - share) / share)
    if left <= WORTH_TELLING:
        return ""
    minutes, seconds = divmod(int(left.total_seconds()), 60)
    return f"about {minutes} min left" if minutes else f"about {seconds} s left"


@register.filter
def run_words(key: str) -> str:
    """Return a count's key as words."""
    return str(key).replace("_", " ")


@register.filter
def run_badge(state: str) -> str:
    """Return the badge class of a run's state."""
    return BADGES[Run.State(state)]


@register.filter
def run_label(key: str) -> str:
    """Return what a job is called."""
    job = REGISTRY.get(key)
    return job.label if job else key
