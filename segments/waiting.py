"""Slower segments at their turn: counted whole, each change with the cause that waited for it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from segments import rates
from segments.models import Segment, WaitingCause
from segments.models.membership import Cause
from segments.refreshing import in_order, refresh_segment
from tenants.progress import Progress, Silence
from tenants.schema import connection

# What triggers act on by themselves; every other cause outweighs these.
ACTING = (Cause.DATA, Cause.TIME, Cause.SCORE, Cause.PLATFORM)
_KEEP = sql.SQL("""
INSERT INTO segments_waitingcause (customer_id, cause, event, at)
SELECT customer_id,
    coalesce(min(cause) FILTER (WHERE cause NOT IN ('data', 'score')), min(cause)),
    coalesce(min(substr(facts, 7)) FILTER (WHERE facts LIKE 'event:%'), ''), {at}
FROM {taken} GROUP BY customer_id
""")
_WAITED = sql.SQL("""
CREATE TEMP TABLE waited_customers ON COMMIT DROP AS
SELECT customer_id,
    coalesce(min(cause) FILTER (WHERE NOT cause = ANY({acting})), min(cause)) AS cause,
    max(event) AS event
FROM segments_waitingcause WHERE at >= {since} AND customer_id IS NOT NULL GROUP BY customer_id
""")
_OF_EVERYBODY = sql.SQL("""
SELECT coalesce(min(cause) FILTER (WHERE NOT cause = ANY({acting})), min(cause))
FROM segments_waitingcause WHERE at >= {since} AND customer_id IS NULL
""")
WAITED = sql.Identifier("waited_customers")


def keep_marks(cursor: CursorWrapper, taken: sql.Identifier, *, at: datetime) -> None:
    """Keep the causes of the marks in a table (customer_id, facts, cause) for slower segments."""
    cursor.execute(_KEEP.format(taken=taken, at=sql.Literal(at)))


def keep_for_all(cause: str, *, at: datetime) -> None:
    """Keep for slower segments that anybody may have changed, and why."""
    WaitingCause.objects.create(cause=cause, at=at)


def refresh_due(live: list[Segment], *, at: datetime, progress: Progress | None = None) -> int:
    """Count the segments whose turn has come, those they read first; return how many were done."""
    due = rates.due_rows(live, at=at)
    done = refresh_waiting(due, at=at, progress=progress)
    chosen = {row.pk for row in due}
    slow = [row for row in live if row.refresh_rate != rates.Rate.CHANGE]
    since = min((at if row.pk in chosen else row.refreshed_at or at for row in slow), default=None)
    rows = WaitingCause.objects.filter(at__lt=since) if since else WaitingCause.objects.all()
    rows._raw_delete("default")  # type: ignore[attr-defined]  # one statement; nothing names them
    return done


def refresh_waiting(
    segments: Iterable[Segment],
    *,
    at: datetime,
    cause: str = Cause.TIME,
    progress: Progress | None = None,
) -> int:
    """Count segments whole; return how many.

    Whoever was marked meanwhile moves for their own cause, everybody else for `cause`.
    """
    progress = progress or Silence()
    ordered = in_order(segments)
    for place, segment in enumerate(ordered):
        progress.report(place, len(ordered), segment.name)
        _refresh(segment, at=at, cause=cause)
    return len(ordered)


def _refresh(segment: Segment, *, at: datetime, cause: str) -> None:
    facts = {"acting": sql.Literal(list(ACTING)), "since": sql.Literal(segment.refreshed_at or at)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_OF_EVERYBODY.format(**facts))
        of_all = cursor.fetchone()[0]
        if of_all is not None and of_all not in ACTING:
            refresh_segment(segment, at=at, cause=of_all)
            return
        cursor.execute("DROP TABLE IF EXISTS waited_customers")
        cursor.execute(_WAITED.format(**facts))
        refresh_segment(segment, at=at, cause=of_all or cause, causes=WAITED)
