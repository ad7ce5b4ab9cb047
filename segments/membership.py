"""Who is in which segment, kept by one set difference: the only place that writes Membership and
its ledger.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from segments.models import Segment
from tenants import jobs

ACT = "act"  # the job that reads the ledger for triggers
# Called in the transaction that wrote ledger rows: floors above wake what follows segments.
FOLLOWERS: list[Callable[[], None]] = []
_DIFFERENCE = sql.SQL("""
CREATE TEMP TABLE membership_difference ON COMMIT DROP AS
SELECT coalesce(wanted.segment_id, had.segment_id) AS segment_id,
    coalesce(wanted.customer_id, had.customer_id) AS customer_id,
    had.id IS NULL AS entered, had.id
FROM ({wanted}) AS wanted
FULL JOIN (
    SELECT m.id, m.segment_id, m.customer_id FROM segments_membership m {scope}
    WHERE m.segment_id = ANY({segments})
) AS had ON had.segment_id = wanted.segment_id AND had.customer_id = wanted.customer_id
WHERE wanted.customer_id IS NULL OR had.id IS NULL
""")
_SCOPE = sql.SQL("JOIN (SELECT DISTINCT customer_id FROM {}) AS scope USING (customer_id)")
_LEAVE = sql.SQL("""
DELETE FROM segments_membership m USING membership_difference d WHERE m.id = d.id AND NOT d.entered
""")
_ENTER = sql.SQL("""
INSERT INTO segments_membership (segment_id, customer_id, since)
SELECT segment_id, customer_id, {at} FROM membership_difference WHERE entered ORDER BY 1, 2
""")
_RECORD = sql.SQL("""
INSERT INTO segments_membershipchange (segment_id, customer_id, entered, cause, at, event)
SELECT d.segment_id, d.customer_id, d.entered, {cause}, {at}, {event}
FROM membership_difference d {causes} WHERE d.segment_id = ANY({segments})
""")
_COUNT = sql.SQL("""
UPDATE segments_segment s SET refreshed_at = {at}, members_count = s.members_count
    + coalesce((SELECT sum(CASE WHEN d.entered THEN 1 ELSE -1 END)
        FROM membership_difference d WHERE d.segment_id = s.id), 0)
WHERE s.id = ANY({segments})
""")
_DIRECT = sql.SQL("""
INSERT INTO segments_membership (segment_id, customer_id, since)
SELECT segment_id, customer_id, {at} FROM ({wanted}) AS wanted
""")
_RECOUNT = sql.SQL("""
UPDATE segments_segment s SET refreshed_at = {at}, members_count =
    (SELECT count(*) FROM segments_membership m WHERE m.segment_id = s.id)
WHERE s.id = ANY({segments})
""")
_MOVE_OUT = sql.SQL("""
DELETE FROM segments_membership m USING {} d
WHERE m.customer_id = d.customer_id AND m.segment_id = d.from_id
""")
_MOVE_IN = sql.SQL("""
INSERT INTO segments_membership (segment_id, customer_id, since)
SELECT to_id, customer_id, {at} FROM {} WHERE to_id IS NOT NULL ORDER BY 1, 2
ON CONFLICT DO NOTHING
""")
_RECORD_MOVES = sql.SQL("""
INSERT INTO segments_membershipchange (segment_id, customer_id, entered, cause, at, event)
SELECT side.segment_id, d.customer_id, side.entered, {cause}, {at}, {event}
FROM {} d
CROSS JOIN LATERAL (VALUES (d.from_id, FALSE), (d.to_id, TRUE)) AS side (segment_id, entered)
{causes} WHERE side.segment_id IS NOT NULL
""")
_COUNT_MOVES = sql.SQL("""
UPDATE segments_segment s SET refreshed_at = {at}, members_count = s.members_count
    + (SELECT count(*) FILTER (WHERE d.to_id = s.id) - count(*) FILTER (WHERE d.from_id = s.id)
        FROM {} d)
WHERE s.id = ANY({segments})
""")


@dataclass(frozen=True)
class Wanted:
    """Who should be in `segments`: SQL for (segment_id, customer_id), once each.

    `only` names a table of customer ids: memberships of everybody else are left as they are, and
    `members` names nobody else.
    """

    segments: list[int]
    members: sql.Composable
    only: sql.Identifier | None = None


@dataclass(frozen=True)
class Because:
    """The cause and moment of a refresh; `causes` names a table (customer_id, cause) of those with
    a cause of their own, `events` one (customer_id, event) of whose event set it off.
    """

    cause: str
    at: datetime
    causes: sql.Identifier | None = None
    events: sql.Identifier | None = None
    unrecorded: frozenset[int] = field(
        default_factory=frozenset
    )  # more segments without change rows


def refresh(cursor: CursorWrapper, wanted: Wanted, because: Because) -> None:
    """Make the memberships of the wanted segments what they should be, with a change row for each
    entry and exit.

    A segment refreshed for the first time gets members but no change rows. Runs in the caller's
    transaction.
    """
    first = set(
        Segment.objects.filter(pk__in=wanted.segments, refreshed_at=None).values_list(
            "pk", flat=True
        )
    )
    segments, at = sql.Literal(wanted.segments), sql.Literal(because.at)
    if first == set(wanted.segments) and wanted.only is None:
        cursor.execute(_DIRECT.format(wanted=wanted.members, at=at))
        cursor.execute(_RECOUNT.format(segments=segments, at=at))
        return
    scope = _SCOPE.format(wanted.only) if wanted.only is not None else sql.SQL("")
    cursor.execute("DROP TABLE IF EXISTS membership_difference")
    cursor.execute(_DIFFERENCE.format(wanted=wanted.members, scope=scope, segments=segments))
    cursor.execute(_LEAVE)
    cursor.execute(_ENTER.format(at=at))
    recorded = sorted(set(wanted.segments) - first - because.unrecorded)
    cursor.execute(_RECORD.format(at=at, segments=sql.Literal(recorded), **_because(because)))
    if cursor.rowcount:
        _tell()
    cursor.execute(_COUNT.format(segments=segments, at=at))


def move(
    cursor: CursorWrapper, moves: sql.Identifier, *, segments: list[int], because: Because
) -> None:
    """Carry customers from one segment into another, for a caller who knows who moved.

    `moves` is a table (customer_id, from_id, to_id), a row a customer, NULL for none. Half the
    price of finding the difference: fifty thousand moves in one look-up each.
    """
    at = sql.Literal(because.at)
    cursor.execute(_MOVE_OUT.format(moves))
    cursor.execute(_MOVE_IN.format(moves, at=at))
    cursor.execute(_RECORD_MOVES.format(moves, at=at, **_because(because)))
    if cursor.rowcount:
        _tell()
    cursor.execute(_COUNT_MOVES.format(moves, at=at, segments=sql.Literal(segments)))


def _tell() -> None:
    jobs.wake(ACT)
    for follow in FOLLOWERS:
        follow()


def _because(because: Because) -> dict[str, sql.Composable]:
    """Return the cause and the event of one customer's change, and the joins they are read from."""
    cause: sql.Composable = sql.Literal(because.cause)
    event: sql.Composable = sql.Literal("")
    joins: list[sql.Composable] = []
    if because.causes is not None:
        cause = sql.SQL("coalesce(c.cause, {})").format(cause)
        joins.append(
            sql.SQL("LEFT JOIN {} c ON c.customer_id = d.customer_id").format(because.causes)
        )
    if because.events is not None:
        event = sql.SQL("coalesce(e.event, '')")
        joins.append(
            sql.SQL("LEFT JOIN {} e ON e.customer_id = d.customer_id").format(because.events)
        )
    return {"cause": cause, "event": event, "causes": sql.SQL(" ").join(joins)}
