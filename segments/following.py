"""Rule segments follow the store: changed customers now, everybody when time has passed."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Q
from psycopg import sql

from commerce import stale
from segments import rates, waiting
from segments.models import Segment
from segments.models.membership import Cause
from segments.refreshing import in_order, refresh_segments
from segments.refreshing_few import TABLE, refresh_few
from tenants.progress import Progress
from tenants.schema import connection

CONSUMER = "segments"
SCORES = "score:rfm"

# What was imported or redefined outweighs the customer's own data, as in the scores' marks.
_FOLLOWED = sql.SQL("""
CREATE TEMP TABLE followed_customers ON COMMIT DROP AS
SELECT customer_id,
    coalesce(min(cause) FILTER (WHERE cause NOT IN ('data', 'score')), min(cause)) AS cause,
    coalesce(min(substr(facts, 7)) FILTER (WHERE facts LIKE 'event:%'), '') AS event
FROM {} WHERE customer_id IS NOT NULL GROUP BY customer_id
""")
_OF_OTHERS = """
SELECT coalesce(min(cause) FILTER (WHERE cause IN ('data', 'score')), min(cause), 'data')
FROM followed_customers
"""
# So many are counted faster with everybody than one by one.
MANY = 50_000


def live_segments() -> list[Segment]:
    """Return the rule segments that keep themselves up to date."""
    return list(Segment.objects.filter(kind=Segment.Kind.RULES, state=Segment.State.ACTIVE))


def with_readers(segments: Iterable[Segment]) -> list[Segment]:
    """Return `segments` and every live segment that reads one of them, at any distance."""
    chosen = {segment.pk: segment for segment in segments}
    live = live_segments()
    grown = True
    while grown:
        readers = [
            row
            for row in live
            if row.pk not in chosen and chosen.keys() & set(row.stands_on.get("segments", ()))
        ]
        chosen |= {row.pk: row for row in readers}
        grown = bool(readers)
    return list(chosen.values())


def at_once(found: list[Segment]) -> list[Segment]:
    """Return those of `found` that do not wait for a turn: all, unless somebody asked for less."""
    if all(row.refresh_rate == rates.Rate.CHANGE for row in found):
        return found
    return rates.prompt(found, live=live_segments())


def reading(facts: set[str]) -> list[Segment]:
    """Return the live segments whose rules stand on one of `facts`, and their readers."""
    direct = [row for row in live_segments() if facts & set(row.stands_on.get("facts", ()))]
    return with_readers(direct)


def follow_marks(*, at: datetime, progress: Progress | None = None) -> int:
    """Refresh what the marked customers can have changed; return how many segments were done.

    Segments that share out the base, or read other segments' history, are computed whole.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        taken = stale.take(cursor, CONSUMER)
        if not taken.rows:
            return 0
        cursor.execute(sql.SQL("SELECT DISTINCT facts FROM {}").format(taken.table))
        found = reading({row[0] for row in cursor.fetchall()})
        segments = at_once(found)
        if len(segments) < len(found):
            waiting.keep_marks(cursor, taken.table, at=at)
        if taken.everybody:
            return refresh_segments(segments, at=at, cause=taken.everybody, progress=progress)
        return _follow(cursor, segments, taken, at=at, progress=progress)


def _follow(
    cursor: CursorWrapper,
    segments: list[Segment],
    taken: stale.Taken,
    *,
    at: datetime,
    progress: Progress | None,
) -> int:
    """Refresh for the marked alone what they alone can have changed, everything else whole."""
    table = sql.Identifier(TABLE)
    cursor.execute("DROP TABLE IF EXISTS followed_customers")
    cursor.execute(_FOLLOWED.format(taken.table))
    many = cursor.rowcount > MANY
    cursor.execute("ANALYZE followed_customers")
    cursor.execute(_OF_OTHERS)
    cause = cursor.fetchone()[0]  # of who moves because others did
    whole = segments if many else _counted_whole(segments)
    chosen = {row.pk for row in whole}
    done = refresh_few([row for row in segments if row.pk not in chosen], at=at)
    return done + refresh_segments(whole, at=at, cause=cause, causes=table, progress=progress)


def _counted_whole(segments: list[Segment]) -> list[Segment]:
    """Return the segments in which one customer's change may move others, and their readers."""
    chosen: set[int] = set()
    for row in in_order(segments):
        shares = row.refreshed_at is None or row.stands_on.get("needs_base")
        if shares or chosen & set(row.stands_on.get("segments", ())):
            chosen.add(row.pk)
    return [row for row in segments if row.pk in chosen]


def follow_time(*, at: datetime, progress: Progress | None = None) -> int:
    """Refresh, after the merchant's midnight, the segments that time alone changes.

    Slower ones wait for their turn.
    """
    temporal = Q(stands_on__is_temporal=True) | Q(stands_on__needs_base=True)
    rows = Segment.objects.filter(temporal, kind=Segment.Kind.RULES, state=Segment.State.ACTIVE)
    chosen = at_once(with_readers(rows))
    return refresh_segments(chosen, at=at, cause=Cause.TIME, progress=progress)


def follow_scores(*, at: datetime, cause: str = Cause.SCORE) -> int:
    """Refresh, after the scores, the segments that read them."""
    found = reading({SCORES})
    segments = at_once(found)
    if len(segments) < len(found):
        waiting.keep_for_all(cause, at=at)
    return refresh_segments(segments, at=at, cause=cause)


def follow_due(*, at: datetime, progress: Progress | None = None) -> int:
    """Refresh the segments that are counted hourly, daily or weekly and whose turn has come."""
    return waiting.refresh_due(live_segments(), at=at, progress=progress)


def follow_named(rows: list[Segment], *, at: datetime, cause: str, progress: Progress) -> int:
    """Refresh segments with their readers, and before them what they read that may lag behind."""
    chosen, live = with_readers(rows), live_segments()
    if all(row.refresh_rate == rates.Rate.CHANGE for row in live):
        return refresh_segments(chosen, at=at, cause=cause, progress=progress)
    lagging = rates.sources(chosen, live=live)
    if cause == Cause.DATA:  # "refresh now": what waited keeps its own cause
        both = [*lagging, *chosen]
        return waiting.refresh_waiting(both, at=at, cause=cause, progress=progress)
    done = waiting.refresh_waiting(lagging, at=at)
    return done + refresh_segments(chosen, at=at, cause=cause, progress=progress)
