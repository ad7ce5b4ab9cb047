"""The rules of samples.matching as set-based SQL: which orders are samples, and what changed.

Steps, in the caller's transaction: `find` fills a temporary table with the samples among the
orders, `settle_rows` brings SampleOrder in step with it, and the orders whose reason to be left
out has to change go through commerce's one door (commerce.exclusions.write_samples).
"""

from dataclasses import dataclass
from datetime import date
from typing import LiteralString

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce import exclusions
from commerce.terms import current_terms
from samples import looks, tallies
from samples.matching import Rules
from samples.models import SampleSettings
from samples.words import Words, words_of
from tenants.schema import connection

ALL = sql.SQL("true").format()

_FOUND = """
    CREATE TEMPORARY TABLE sample_found (
        order_id bigint PRIMARY KEY, customer_id bigint, kind text, found_by text, found_word text,
        state text, placed_at timestamptz, placed_on date, sent_on date, told_on date,
        cost numeric
    ) ON COMMIT DROP
"""

# Only what matches is described; of an order that staff decided on, their word holds.
_FIND = """
    INSERT INTO sample_found
    SELECT o.id, o.customer_id,
           coalesce(d.verdict, CASE WHEN {ugc} THEN 'ugc' ELSE 'tiktok' END),
           {found_by}, {found_word},
           CASE WHEN o.cancelled_at IS NOT NULL THEN 'cancelled'
                WHEN o.fulfillment_status = ANY({fulfilled}) THEN 'fulfilled'
                WHEN o.fulfillment_status = ANY({partial}) THEN 'partial' ELSE 'pending' END,
           o.placed_at, (o.placed_at AT TIME ZONE {zone})::date,
           (o.fulfilled_at AT TIME ZONE {zone})::date, (o.source_at AT TIME ZONE {zone})::date,
           (SELECT sum(l.quantity * l.unit_cost) FROM commerce_orderline l
            WHERE l.order_id = o.id AND l.unit_cost IS NOT NULL)
    FROM commerce_order o LEFT JOIN samples_sampledecision d ON d.order_id = o.id
    WHERE {scope} AND CASE WHEN d.order_id IS NOT NULL THEN d.verdict <> 'none'
                           ELSE {ugc} OR {tiktok} END
"""

# Each statement below appends to the tallies what it adds and takes away, and answers with a count.
_GONE = """
    WITH gone AS (
        DELETE FROM samples_sampleorder s
        WHERE {scope} AND NOT EXISTS (SELECT FROM sample_found f WHERE f.order_id = s.order_id)
        RETURNING -1 AS n, s.placed_on, s.kind, s.state, s.cost, s.fulfilled_on
    ), told AS ({tally})
    SELECT count(*) FROM gone
"""
# Without a day told by the source, a sample was sent when a source first said so; one that came in
# as sent already has no day.
_SENT_ON = """
    CASE WHEN f.state <> 'fulfilled' THEN NULL
         WHEN f.sent_on IS NOT NULL THEN f.sent_on
         WHEN s.state = 'fulfilled' THEN s.fulfilled_on
         WHEN s.order_id IS NOT NULL THEN f.told_on END
"""
_CHANGE = """
    WITH changed AS (
    UPDATE samples_sampleorder t
    SET customer_id = n.customer_id, kind = n.kind, found_by = n.found_by,
        found_word = n.found_word, state = n.state, placed_at = n.placed_at,
        placed_on = n.placed_on, fulfilled_on = n.fulfilled_on, cost = n.cost
    FROM (SELECT f.*, {sent_on} AS fulfilled_on, s.kind AS old_kind, s.state AS old_state,
                 s.placed_on AS old_day, s.cost AS old_cost, s.fulfilled_on AS old_sent
          FROM sample_found f JOIN samples_sampleorder s USING (order_id)) n
    WHERE t.order_id = n.order_id AND (
        t.customer_id, t.kind, t.found_by, t.found_word, t.state, t.placed_at, t.placed_on,
        t.fulfilled_on, t.cost
    ) IS DISTINCT FROM (
        n.customer_id, n.kind, n.found_by, n.found_word, n.state, n.placed_at, n.placed_on,
        n.fulfilled_on, n.cost)
    RETURNING n.*
    ), told AS ({tally})
    SELECT count(*) FROM changed
"""
_BOTH_WAYS = """
    SELECT 1 AS n, placed_on, kind, state, cost, fulfilled_on FROM changed
    UNION ALL SELECT -1, old_day, old_kind, old_state, old_cost, old_sent FROM changed
"""
# A row made anew gets its creator back. Whether it is there the key says: a table that was empty a
# moment ago has no statistics, and asking it for each of 200,000 samples took half an hour.
_ADD = """
    WITH added AS (
    INSERT INTO samples_sampleorder (order_id, customer_id, creator_id, kind, found_by, found_word,
                                     state, placed_at, placed_on, fulfilled_on, cost)
    SELECT f.order_id, f.customer_id, u.creator_id, f.kind, f.found_by, f.found_word, f.state,
           f.placed_at, f.placed_on, CASE WHEN f.state = 'fulfilled' THEN f.sent_on END, f.cost
    FROM sample_found f LEFT JOIN samples_samplefollowup u USING (order_id)
    ORDER BY f.order_id ON CONFLICT (order_id) DO NOTHING
    RETURNING 1 AS n, placed_on, kind, state, cost, fulfilled_on
    ), told AS ({tally})
    SELECT count(*) FROM added
"""

# Compared with what stands, not with what was done: a second pass also mends.
_TURNED = """
    CREATE TEMPORARY TABLE sample_turned ON COMMIT DROP AS
    SELECT o.id AS order_id, o.customer_id, true AS is_sample
    FROM sample_found f JOIN commerce_order o ON o.id = f.order_id
    CROSS JOIN LATERAL (
        SELECT o.is_test, o.financial_status, o.currency, {sample} AS excluded_as
    ) AS wanted
    WHERE o.excluded_as <> {by_hand} AND o.excluded_as <> {reason}
    UNION ALL
    SELECT o.id, o.customer_id, false FROM commerce_order o
    WHERE o.excluded_as = {sample} AND {scope}
      AND NOT EXISTS (SELECT FROM sample_found f WHERE f.order_id = o.id)
"""
TURNED = sql.SQL("SELECT order_id, is_sample FROM sample_turned")
TURNED_ORDERS = sql.SQL("SELECT order_id FROM sample_turned")
TURNED_CUSTOMERS = sql.SQL(
    "SELECT DISTINCT customer_id FROM sample_turned WHERE customer_id IS NOT NULL"
)


@dataclass(frozen=True)
class Changed:
    """What a classification wrote: rows of SampleOrder, and orders that began or ended as one."""

    added: int
    removed: int
    changed: int
    turned: int


def rules_now() -> Rules:
    """Return the merchant's rules as they are saved."""
    return Rules.of(SampleSettings.current())


def follow(cursor: CursorWrapper, orders: sql.Composable, on: date) -> None:
    """Classify the ids that `orders` selects; their lines and own columns follow, no customers.

    Called by whoever wrote them, before it refreshes their customers (commerce.order_followers).
    """
    scope = within("o.id", orders)
    words = words_of(cursor, rules_now(), scope=scope)
    if words.find_nothing and not _is_anything_there(cursor):
        return
    prepare(cursor)
    find(cursor, words, scope=scope)
    cursor.execute("ANALYZE sample_found")
    settle_rows(cursor, orders=orders, on=on)


def within(column: str, orders: sql.Composable | None) -> sql.Composed:
    """Return the condition that an order's id is among `orders`; None: all of them."""
    if orders is None:
        return ALL
    return sql.SQL("{} IN ({})").format(sql.Identifier(*column.split(".")), orders)


def prepare(cursor: CursorWrapper) -> None:
    """Make the temporary tables of one classification, empty."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.sample_found, pg_temp.sample_turned")
    cursor.execute(_FOUND)


def find(cursor: CursorWrapper, words: Words, *, scope: sql.Composable) -> int:
    """Add to `sample_found` the samples among the orders `o` in `scope`; return how many."""
    cursor.execute(
        sql.SQL(_FIND).format(
            ugc=looks.ugc(words),
            tiktok=looks.tiktok(words),
            found_by=looks.found_by(words),
            found_word=looks.found_word(words),
            fulfilled=looks.array(words.fulfilled),
            partial=looks.array(words.partial),
            zone=sql.Literal(connection.tenant.timezone),
            scope=scope,
        )
    )
    return cursor.rowcount


def settle_rows(cursor: CursorWrapper, *, orders: sql.Composable | None, on: date) -> Changed:
    """Bring SampleOrder and the orders' reasons in step with `sample_found`, where they differ."""
    removed = _write(cursor, _GONE, "SELECT * FROM gone", scope=within("s.order_id", orders))
    changed = _write(cursor, _CHANGE, _BOTH_WAYS, sent_on=sql.SQL(_SENT_ON))
    added = _write(cursor, _ADD, "SELECT * FROM added")
    cursor.execute(
        sql.SQL(_TURNED).format(
            by_hand=sql.Literal(exclusions.BY_HAND),
            sample=sql.Literal(exclusions.SAMPLE),
            reason=current_terms().excluded_as("wanted"),
            scope=within("o.id", orders),
        )
    )
    turned = cursor.rowcount
    if turned:
        cursor.execute("ANALYZE sample_turned")
        exclusions.write_samples(cursor, turned=TURNED, on=on)
    return Changed(added=added, removed=removed, changed=changed, turned=turned)


def _write(
    cursor: CursorWrapper, statement: LiteralString, told: LiteralString, **parts: sql.Composable
) -> int:
    """Do a statement with its tallies; return how many rows it wrote."""
    tally = tallies.APPEND.format(changed=sql.SQL(told))
    cursor.execute(sql.SQL(statement).format(tally=tally, **parts))
    count: int = cursor.fetchone()[0]
    return count


def _is_anything_there(cursor: CursorWrapper) -> bool:
    cursor.execute(
        "SELECT EXISTS (SELECT FROM samples_sampleorder)"
        " OR EXISTS (SELECT FROM samples_sampledecision)"
    )
    return bool(cursor.fetchone()[0])
