"""Saving what a score is made of, with the audit row and the pass that follows."""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from segments.models import ScoreSettings
from segments.scores import SCORES
from tenants import audit, jobs
from tenants.models import Run

JOB = "scores"


@transaction.atomic
def save_parameters(key: str, parameters: dict[str, Any], *, by: User | None) -> Run:
    """Keep a score's parameters and queue the pass; raise ValidationError by box."""
    SCORES[key].effective(parameters)
    row, _ = ScoreSettings.objects.update_or_create(
        model=key, defaults={"parameters": parameters, "saved_by": by}
    )
    audit.record(by, "settings", row, score=key)
    return jobs.start(JOB)


def start_scores(*, is_full: bool = False) -> Run:
    """Queue a pass for the page's button; a run that is live already is returned."""
    return jobs.live(JOB) or jobs.start(JOB, params={"full": is_full})
