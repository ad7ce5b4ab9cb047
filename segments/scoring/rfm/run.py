"""One pass of RFM: everybody, or those whose scores can differ; it lands whole or not at all."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from psycopg import sql

from segments import membership
from segments.models import ScoreRun
from segments.models.membership import Cause
from segments.scoring.rfm import marks
from segments.scoring.rfm.candidates import find_candidates
from segments.scoring.rfm.definition import Definition
from segments.scoring.rfm.naming import name_segments
from segments.scoring.rfm.scored import prepare, read_fresh, scored_query
from segments.scoring.rfm.tallies import tally
from segments.scoring.rfm.writing import Stamp, write_difference, write_first
from tenants.progress import Progress, Silence
from tenants.schema import connection

MODEL = "rfm"
STEPS = 5

_MEMBERS = sql.SQL("""
SELECT named.segment_id, s.customer_id FROM segments_rfmscore s JOIN {} ON named.key = s.segment
""")
_MOVES = sql.SQL("""
CREATE TEMP TABLE rfm_membership ON COMMIT DROP AS
WITH named AS (SELECT * FROM {})
SELECT v.customer_id, a.segment_id AS from_id, b.segment_id AS to_id
FROM rfm_moved v LEFT JOIN named a ON a.key = v.from_key LEFT JOIN named b ON b.key = v.to_key
WHERE v.from_key <> v.to_key
""")


@dataclass(frozen=True)
class Pass:
    """What is asked of a run. `is_given`: for a day somebody chose, so the next scheduled run
    starts over.
    """

    definition: Definition
    as_of: date
    at: datetime
    is_full: bool = False
    is_given: bool = False

    def parameters(self) -> dict[str, object]:
        """Return what the run keeps; a pass under other parameters cannot build on it."""
        return self.definition.as_json() | ({"day": str(self.as_of)} if self.is_given else {})


@dataclass(frozen=True)
class Plan:
    """How the pass is done: since which day, or everybody, and why customers will have moved."""

    since: date | None
    cause: str

    @property
    def is_full(self) -> bool:
        return self.since is None


def latest_run() -> ScoreRun | None:
    """Return the run whose scores stand now."""
    return (
        ScoreRun.objects.filter(model=MODEL, error="", finished_at__isnull=False)
        .order_by("-id")
        .first()
    )


def compute(asked: Pass, *, progress: Progress | None = None) -> ScoreRun:
    """Bring every score, segment and membership to `asked.as_of` and return the run.

    A run that fails leaves everything as it was, and a row that says why.
    """
    progress = progress or Silence()
    started_at = timezone.now()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            return _compute(cursor, asked, progress=progress, started_at=started_at)
    except Exception as error:
        if not connection.in_atomic_block:
            _record_failure(asked, error, started_at=started_at)
        raise


def _compute(
    cursor: CursorWrapper, asked: Pass, *, progress: Progress, started_at: datetime
) -> ScoreRun:
    prepare(cursor)
    progress.report(0, STEPS, "Looking for what has changed")
    plan = _plan(asked, marks.take_marks(cursor), previous=latest_run())
    run = ScoreRun.objects.create(
        model=MODEL,
        as_of=asked.as_of,
        parameters=asked.parameters(),
        is_full=plan.is_full,
        cause=plan.cause,
        started_at=started_at,
    )
    if plan.since is not None:
        find_candidates(cursor, asked.definition, since=plan.since, as_of=asked.as_of)
    progress.report(1, STEPS, "Adding up orders")
    read_fresh(cursor, asked.definition, as_of=asked.as_of, is_full=plan.is_full)
    progress.report(2, STEPS, "Scoring")
    following = scored_query(cursor, asked.definition, as_of=asked.as_of, since=plan.since)
    _write(cursor, asked, plan=plan, run=run, following=following, progress=progress)
    tally(cursor, run)
    run.finished_at = timezone.now()
    run.save()
    progress.report(STEPS, STEPS, "Done")
    return run


def _plan(asked: Pass, marked: marks.Marks, *, previous: ScoreRun | None) -> Plan:
    if previous is None:
        return Plan(since=None, cause=Cause.FIRST)
    if marked.everybody:
        return Plan(since=None, cause=marked.everybody)
    if previous.parameters != asked.parameters():
        return Plan(since=None, cause=Cause.SCORE_DEFINITION)
    if asked.is_full or asked.as_of < previous.as_of:
        return Plan(since=None, cause=Cause.SCORE)
    return Plan(since=previous.as_of, cause=Cause.SCORE)


def _write(
    cursor: CursorWrapper,
    asked: Pass,
    *,
    plan: Plan,
    run: ScoreRun,
    following: sql.Composable,
    progress: Progress,
) -> None:
    segments = name_segments(asked.definition, as_of=asked.as_of)
    if plan.cause == Cause.FIRST:
        progress.report(3, STEPS, "Writing first scores")
        cursor.execute("DELETE FROM segments_rfmscore")
        write_first(cursor, following=following)
    else:
        progress.report(3, STEPS, "Writing what differs")
        stamp = Stamp(run.pk, asked.as_of, asked.at, plan.cause, plan.cause == Cause.SCORE)
        run.customers_touched = write_difference(
            cursor, following=following, stamp=stamp, is_full=plan.is_full
        )
    progress.report(4, STEPS, "Updating segments")
    if segments:
        _follow(cursor, asked, plan=plan, segments=segments)


def _follow(cursor: CursorWrapper, asked: Pass, *, plan: Plan, segments: dict[str, int]) -> None:
    """Let memberships follow the scores: by who moved or, in a full pass, compared one by one."""
    named = sql.SQL("(VALUES {}) AS named (key, segment_id)").format(
        sql.SQL(", ").join(
            sql.SQL("({}, {})").format(sql.Literal(key), sql.Literal(pk))
            for key, pk in segments.items()
        )
    )
    keeps_own = plan.cause == Cause.SCORE
    because = membership.Because(plan.cause, asked.at, causes=marks.TABLE if keeps_own else None)
    ids = list(segments.values())
    if plan.is_full:
        membership.refresh(
            cursor, membership.Wanted(segments=ids, members=_MEMBERS.format(named)), because
        )
        return
    cursor.execute(_MOVES.format(named))
    membership.move(cursor, sql.Identifier("rfm_membership"), segments=ids, because=because)


def _record_failure(asked: Pass, error: Exception, *, started_at: datetime) -> None:
    ScoreRun.objects.create(
        model=MODEL,
        as_of=asked.as_of,
        parameters=asked.parameters(),
        cause=Cause.SCORE,
        started_at=started_at,
        finished_at=timezone.now(),
        error=f"The run stopped and changed nothing ({type(error).__name__}).",
    )
