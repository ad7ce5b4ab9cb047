"""What pages, commands and the API ask of segments and scores."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from commerce.identity import own_ids as own_ids
from segments.models import Membership, RfmScore, RfmSettings, ScoreRun, Segment
from segments.scoring.rfm.definition import Definition, read_definition
from segments.scoring.rfm.export import COLUMNS, export_rows
from segments.scoring.rfm.movement import keep_moves
from segments.scoring.rfm.run import Pass, compute, latest_run
from tenants import audit, jobs
from tenants.jobs import JobFailed
from tenants.models import Run
from tenants.progress import Progress, Silence
from tenants.schema import connection
from tenants.tables import csv_lines

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
    run = compute(asked, progress=progress)
    keep_moves(run)
    return run


def start_rfm(*, is_full: bool = False) -> Run:
    """Queue a calculation for the page's button; a run that is live already is returned."""
    return jobs.live(RFM_JOB) or jobs.start(RFM_JOB, params={"full": is_full})


@transaction.atomic
def save_rfm_settings(settings: RfmSettings, *, by: AbstractBaseUser | None) -> Run:
    """Keep new settings and queue the full pass they need; raise ValidationError by box."""
    definition = read_definition(settings)
    settings.pk = 1
    settings.save()
    audit.record(by, "settings", settings, **definition.as_json())
    return jobs.start(RFM_JOB, params={"full": True})


def rfm_state() -> dict[str, Any]:
    """Return the run whose scores stand and the job's latest run, for "as of" and progress."""
    return {"run": latest_run(), "job": jobs.latest(RFM_JOB)}


def rfm_runs() -> "list[ScoreRun]":
    """Return the last hundred runs, newest first, failed ones too, without their cells."""
    return list(ScoreRun.objects.filter(model="rfm").defer("cells").order_by("-id")[:100])


def export_rfm(
    *, segment: Segment | None = None, by: AbstractBaseUser | None = None
) -> Iterator[tuple[Any, ...]]:
    """Write the audit row and return the rows under COLUMNS; raise JobFailed before any run."""
    run = latest_run()
    if run is None:
        raise JobFailed("Nothing is scored yet. Calculate RFM first.")
    facts = {"what_of": "RFM scores", "segment": segment.slug if segment else "everybody"}
    audit.record(by, "export", segment or RfmScore, **facts)
    return export_rows(run, segment=segment)


def export_rfm_file(
    path: Path, *, segment: Segment | None = None, progress: Progress | None = None
) -> int:
    """Write the scores to a CSV file, whole or not at all; return the customers in it."""
    progress = progress or Silence()
    draft = path.with_name(f"{path.name}.part")
    lines = csv_lines(COLUMNS, export_rfm(segment=segment))
    written = -1  # the header is no customer
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            for line in lines:
                file.write(line)
                written += 1
                if written % 10_000 == 0:
                    progress.report(written, note="customers written")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return written


def segment_members(segment: Segment, *, limit: int, offset: int = 0) -> list[dict[str, Any]]:
    """Return a stretch of a segment's members: their source's id, since when, their numbers."""
    members = list(
        Membership.objects.filter(segment=segment)
        .order_by("customer_id")
        .values_list(
            "customer_id",
            "since",
            "customer__metrics__orders_count",
            "customer__metrics__spent",
            "customer__metrics__last_order_on",
        )[offset : offset + limit]
    )
    ids = own_ids([member[0] for member in members])
    return [
        {
            "customer": pk,
            "customer_id": ids.get(pk, ""),
            "since": since.date(),
            "orders": orders,
            "spent": spent,
            "last_order": last_on,
        }
        for pk, since, orders, spent, last_on in members
    ]
