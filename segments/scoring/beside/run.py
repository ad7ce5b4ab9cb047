"""One pass over all scores beside RFM: one transaction, each model in its turn."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from psycopg import sql

from commerce import rollups
from segments.membership import ACT
from segments.models import ScoreRun, ScoreSettings
from segments.models.membership import Cause
from segments.scores import Asked, ScoreModel, in_order
from segments.scoring.beside import marks, writing
from segments.scoring.beside.candidates import Plan, find_candidates
from segments.scoring.beside.following import FOLLOWERS
from segments.scoring.beside.tallies import keep_moves, tally
from segments.scoring.rfm.scored import take_memory
from tenants import jobs
from tenants.progress import Progress, Silence
from tenants.schema import connection

SEGMENTS = "segments"  # the consumer that keeps rule segments, marked where a score changed
_HOLD = "SELECT pg_advisory_xact_lock(hashtext('strata scores'), hashtext(current_schema()))"


def stored_parameters(key: str) -> dict[str, Any]:
    """Return what the merchant has set of a score; the defaults are the model's."""
    row = ScoreSettings.objects.filter(pk=key).first()
    return dict(row.parameters) if row is not None else {}


def latest_run(key: str) -> ScoreRun | None:
    """Return the run whose scores of a model stand now."""
    runs = ScoreRun.objects.filter(model=key, error="", finished_at__isnull=False)
    return runs.order_by("-id").first()


def compute_scores(
    *, at: datetime, is_full: bool = False, progress: Progress | None = None
) -> list[ScoreRun]:
    """Bring every score beside RFM to the moment's local day and return the runs.

    All or none: a pass that fails leaves the scores as they were and a row that says why.
    """
    progress, started_at = progress or Silence(), timezone.now()
    models = in_order()
    place = 0
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            asked, marked = _begin(cursor, at=at)
            runs = []
            for place, model in enumerate(models):
                progress.report(place, len(models), model.label)
                run = _compute(cursor, model, asked, marked=marked, is_full=is_full)
                runs += [run] if run is not None else []
            progress.report(len(models), len(models), "Done")
            if any(run.customers_touched for run in runs):
                jobs.wake(ACT)
            return runs
    except Exception as error:
        if not connection.in_atomic_block:
            _record_failure(models[place], at, error, started_at=started_at)
        raise


def _begin(cursor: CursorWrapper, *, at: datetime) -> tuple[Asked, marks.Marks]:
    today = at.astimezone(connection.tenant.zone).date()
    take_memory(cursor)
    day = rollups.stand_at(cursor, on=today)
    cursor.execute(_HOLD)
    cursor.execute("DROP TABLE IF EXISTS score_touched")
    cursor.execute(
        "CREATE TEMP TABLE score_touched (customer_id bigint PRIMARY KEY) ON COMMIT DROP"
    )
    return Asked(day=day, at=at), marks.take_marks(cursor)


def _compute(
    cursor: CursorWrapper, model: ScoreModel, asked: Asked, *, marked: marks.Marks, is_full: bool
) -> ScoreRun | None:
    started_at, previous = timezone.now(), latest_run(model.key)
    parameters = model.effective(stored_parameters(model.key))
    if not parameters["is_on"]:
        _switch_off(cursor, model, asked, previous=previous)
        return None
    plan = _plan(asked, parameters, marked=marked, previous=previous, is_full=is_full)
    only = find_candidates(cursor, model, asked, plan=plan, previous=previous)
    run = ScoreRun.objects.create(
        model=model.key,
        as_of=asked.day,
        parameters=parameters,
        is_full=plan.since is None,
        cause=plan.cause,
        started_at=started_at,
    )
    writing.read_fresh(cursor, model.fresh(parameters, asked, only))
    _write(cursor, model, asked, plan=plan, run=run, only=only)
    tally(cursor, model, run, previous=previous)
    run.finished_at = timezone.now()
    run.save()
    return run


def _plan(
    asked: Asked,
    parameters: Mapping[str, Any],
    *,
    marked: marks.Marks,
    previous: ScoreRun | None,
    is_full: bool,
) -> Plan:
    if previous is None or not previous.parameters["is_on"]:
        return Plan(parameters, None, Cause.FIRST)
    if marked.everybody:
        return Plan(parameters, None, marked.everybody)
    if previous.parameters != parameters:
        return Plan(parameters, None, Cause.SCORE_DEFINITION)
    if is_full or asked.day < previous.as_of:
        return Plan(parameters, None, Cause.SCORE)
    return Plan(parameters, previous.as_of, Cause.SCORE)


def _write(
    cursor: CursorWrapper,
    model: ScoreModel,
    asked: Asked,
    *,
    plan: Plan,
    run: ScoreRun,
    only: sql.Identifier | None,
) -> None:
    keeps_own = plan.cause == Cause.SCORE
    stamp = writing.Stamp(run.pk, asked.day, asked.at, plan.cause, keeps_own)
    if plan.cause == Cause.FIRST:
        writing.write_first(cursor, model)
    else:
        run.customers_touched = writing.write_difference(cursor, model, stamp=stamp, only=only)
        writing.tell(cursor, model, consumer=SEGMENTS, stamp=stamp, touched=run.customers_touched)
        keep_moves(cursor, run)
    follower = FOLLOWERS.get(model.key)
    if follower is not None:
        follower.follow(cursor, plan.parameters, stamp, is_whole=only is None)


def _switch_off(
    cursor: CursorWrapper, model: ScoreModel, asked: Asked, *, previous: ScoreRun | None
) -> None:
    """Take the scores away that a model left before it was switched off; its ledger stays."""
    if previous is None or not previous.parameters["is_on"]:
        return
    cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(model.table)))
    writing.tell_everybody(cursor, model, consumer=SEGMENTS)
    ScoreRun.objects.create(
        model=model.key,
        as_of=asked.day,
        parameters={"is_on": False},
        cause=Cause.SCORE_DEFINITION,
        started_at=timezone.now(),
        finished_at=timezone.now(),
    )


def _record_failure(
    model: ScoreModel, at: datetime, error: Exception, *, started_at: datetime
) -> None:
    ScoreRun.objects.create(
        model=model.key,
        as_of=at.astimezone(connection.tenant.zone).date(),
        cause=Cause.SCORE,
        started_at=started_at,
        finished_at=timezone.now(),
        error=f"The run stopped and changed nothing ({type(error).__name__}).",
    )
