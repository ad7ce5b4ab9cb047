"""What pages, commands and the API ask of segments and scores. They validate nothing else."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from segments.models import RfmSettings, ScoreRun
from segments.scoring.rfm.definition import Definition, read_definition
from segments.scoring.rfm.run import Pass, compute, latest_run
from tenants import jobs
from tenants.models import Run
from tenants.progress import Progress
from tenants.schema import connection

RFM_JOB = "rfm"


def local_today(*, at: datetime | None = None) -> date:
    """Return the merchant's calendar day at a moment, now by default."""
    return (at or timezone.now()).astimezone(connection.tenant.zone).date()


def current_definition() -> Definition:
    """Return how RFM is set up now; raise ValidationError by box when a stored choice is gone."""
    return read_definition(RfmSettings.current())


def compute_rfm(
    definition: Definition | None = None,
    *,
    as_of: date | None = None,
    at: datetime | None = None,
    is_full: bool = False,
    progress: Progress | None = None,
) -> ScoreRun:
    """Score everybody as of a day, today by default, and return the run.

    A definition other than the stored one, or another day, is kept until the next scheduled run.
    """
    at = at or timezone.now()
    today = local_today(at=at)
    asked = Pass(
        definition=definition or current_definition(),
        as_of=as_of or today,
        at=at,
        is_full=is_full,
        is_given=as_of not in (None, today),
    )
    return compute(asked, progress=progress)


def start_rfm(*, is_full: bool = False) -> Run:
    """Queue a calculation for the page's button; a run that is live already is returned."""
    return jobs.live(RFM_JOB) or jobs.start(RFM_JOB, params={"full": is_full})


def save_rfm_settings(settings: RfmSettings) -> Run:
    """Keep new settings and queue the full pass they need; raise ValidationError by box."""
    read_definition(settings)
    settings.pk = 1
    settings.save()
    return jobs.start(RFM_JOB, params={"full": True})


def rfm_state() -> dict[str, Any]:
    """Return the run whose scores stand and the job's latest run, for "as of" and progress."""
    return {"run": latest_run(), "job": jobs.latest(RFM_JOB)}
