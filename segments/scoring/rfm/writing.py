"""Writing what differs: scores, movements, nothing else."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.backends.utils import CursorWrapper
from psycopg import sql

_FIRST = sql.SQL("""
INSERT INTO segments_rfmscore (customer_id, last_order_on, frequency, monetary, r, f, m, code,
    score, segment, previous_segment, changed_at)
SELECT n.*, '', NULL FROM ({next}) AS n
""")
_DIFFERENCE = sql.SQL("""
CREATE TEMP TABLE rfm_difference ON COMMIT DROP AS
SELECT n.*, s.segment AS from_segment
FROM ({next}) AS n LEFT JOIN segments_rfmscore s ON s.customer_id = n.customer_id
WHERE s.customer_id IS NULL
    OR (s.last_order_on, s.frequency, s.monetary, s.r, s.f, s.m, s.code, s.score, s.segment)
    <> (n.last_on, n.frequency, n.monetary, n.r, n.f, n.m, n.code, n.score, n.segment)
""")
_REMOVE = sql.SQL("""
WITH gone AS (
    DELETE FROM segments_rfmscore s WHERE {is_gone} RETURNING s.customer_id, s.segment
)
INSERT INTO rfm_moved SELECT customer_id, segment, '' FROM gone
""")
_GONE = sql.SQL("NOT EXISTS (SELECT FROM rfm_fresh n WHERE n.customer_id = s.customer_id)")
_GONE_CANDIDATE = sql.SQL(
    "s.customer_id IN"
    " (SELECT customer_id FROM rfm_candidate EXCEPT SELECT customer_id FROM rfm_fresh)"
)
_MOVE = """
INSERT INTO rfm_moved SELECT customer_id, coalesce(from_segment, ''), segment
FROM rfm_difference WHERE from_segment IS DISTINCT FROM segment
"""
_UPDATE = sql.SQL("""
UPDATE segments_rfmscore s SET last_order_on = d.last_on, frequency = d.frequency,
    monetary = d.monetary, r = d.r, f = d.f, m = d.m, code = d.code, score = d.score,
    segment = d.segment,
    previous_segment = CASE WHEN s.segment = d.segment THEN s.previous_segment ELSE s.segment END,
    changed_at = CASE WHEN s.segment = d.segment THEN s.changed_at ELSE {at} END
FROM rfm_difference d WHERE d.customer_id = s.customer_id AND d.from_segment IS NOT NULL
""")
_INSERT = sql.SQL("""
INSERT INTO segments_rfmscore (customer_id, last_order_on, frequency, monetary, r, f, m, code,
    score, segment, previous_segment, changed_at)
SELECT customer_id, last_on, frequency, monetary, r, f, m, code, score, segment, '', {at}
FROM rfm_difference WHERE from_segment IS NULL
""")
_CHANGES = sql.SQL("""
INSERT INTO segments_scorechange (run_id, customer_id, model, from_key, to_key, cause, "on")
SELECT {run}, v.customer_id, 'rfm', v.from_key, v.to_key, {cause}, {on}
FROM rfm_moved v LEFT JOIN rfm_marked c ON c.customer_id = v.customer_id
WHERE v.from_key <> v.to_key
""")
_MOVED = """
CREATE TEMP TABLE rfm_moved (customer_id bigint, from_key varchar(32), to_key varchar(32))
ON COMMIT DROP
"""


@dataclass(frozen=True)
class Stamp:
    """What every row of a run carries."""

    run_id: int
    as_of: date
    at: datetime
    cause: str
    keeps_own_causes: bool  # a marked customer's cause comes before the run's


def write_first(cursor: CursorWrapper, *, following: sql.Composable) -> None:
    """Write everybody's first score: no movement, nothing to compare."""
    cursor.execute(_FIRST.format(next=following))


def write_difference(
    cursor: CursorWrapper, *, following: sql.Composable, stamp: Stamp, is_full: bool
) -> int:
    """Write the rows that differ, remove who is no longer scored, record who moved; return the rows
    touched.

    `following` is SQL for (customer_id, last_on, frequency, monetary, r, f, m, code, score,
    segment).
    Leaves `rfm_moved` (customer_id, from_key, to_key) for the memberships.
    """
    at = sql.Literal(stamp.at)
    cursor.execute(_MOVED)
    cursor.execute(_DIFFERENCE.format(next=following))
    cursor.execute("ANALYZE rfm_difference (customer_id)")
    cursor.execute(_REMOVE.format(is_gone=_GONE if is_full else _GONE_CANDIDATE))
    touched = cursor.rowcount
    cursor.execute(_MOVE)
    cursor.execute(_UPDATE.format(at=at))
    touched += cursor.rowcount
    cursor.execute(_INSERT.format(at=at))
    touched += cursor.rowcount
    cause: sql.Composable = sql.Literal(stamp.cause)
    if stamp.keeps_own_causes:
        cause = sql.SQL("coalesce(c.cause, {})").format(cause)
    cursor.execute(
        _CHANGES.format(run=sql.Literal(stamp.run_id), cause=cause, on=sql.Literal(stamp.as_of))
    )
    return touched
