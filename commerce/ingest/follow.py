"""What follows from a batch: settled orders, adopted guests, customers' numbers, marks.

A batch does it all in its own transaction. A long import leaves the customers' numbers to its end
(`catch_up`): over a hundred batches nearly everybody would be counted again in each of them.
"""

from datetime import date
from typing import Any

from django.db import transaction
from psycopg import sql

from commerce import counting, facts_told, identity, order_followers, population, rollups, stale
from commerce.ingest import staging, uses
from tenants.progress import Progress
from tenants.schema import connection

PART = 50_000  # customers a transaction: some 4 s
# Parts whose habits are counted at once: each reads all the store's lines, however few it needs.
WIDE = 5

_ORDERS = sql.SQL("SELECT order_id FROM pg_temp.batch_order")
# New orders were inserted settled; known ones and those with a refund need another look.
_TO_SETTLE = """
    INSERT INTO pg_temp.batch_settle
    SELECT order_id FROM pg_temp.batch_order WHERE NOT is_new
    UNION SELECT order_id FROM pg_temp.batch_refund WHERE order_id IS NOT NULL
"""
_SETTLED = sql.SQL("SELECT order_id FROM pg_temp.batch_settle")
_NEGATIVE_INVOICES = sql.SQL("SELECT refund_id FROM pg_temp.batch_refund WHERE order_id IS NULL")
_PROFILES = sql.SQL("SELECT customer_id FROM pg_temp.batch_touched WHERE facts = 'profile'")
# Looking for guests' orders reads many of them, so first: is there anybody, and anything, to find?
_REACHABLE = sql.SQL(
    "SELECT id FROM commerce_customer WHERE email_key <> '' AND id IN ("
    "SELECT customer_id FROM pg_temp.batch_touched WHERE facts = 'profile')"
)
_GUESTS_EXIST = sql.SQL(
    "SELECT EXISTS ({})"
    " AND EXISTS (SELECT FROM commerce_order WHERE customer_id IS NULL AND email_key <> '')"
).format(_REACHABLE)
_TOUCHED = """
    INSERT INTO pg_temp.batch_touched (customer_id, facts)
    SELECT customer_id, 'orders' FROM pg_temp.batch_order WHERE customer_id IS NOT NULL
    UNION SELECT was_customer_id, 'orders' FROM pg_temp.batch_order
          WHERE was_customer_id IS NOT NULL
    UNION SELECT r.customer_id, 'orders' FROM pg_temp.batch_refund b
          JOIN commerce_refund r ON r.id = b.refund_id WHERE r.customer_id IS NOT NULL
"""
# Whoever did something that tells facts about them (commerce.facts_told).
_TELLING = sql.SQL(
    "SELECT customer_id FROM pg_temp.batch_touched"
    " WHERE facts IN (SELECT left('event:' || event, 64) FROM commerce_factmapping)"
)
_TOLD = "INSERT INTO pg_temp.batch_touched SELECT id, 'profile' FROM pg_temp.told_customers"
_NUMBERS = sql.SQL(
    "SELECT DISTINCT customer_id FROM pg_temp.batch_touched WHERE facts IN ('profile', 'orders')"
)
_LOST_AN_ORDER = sql.SQL(
    "SELECT was_customer_id FROM pg_temp.batch_order"
    " WHERE was_customer_id IS NOT NULL AND was_customer_id IS DISTINCT FROM customer_id"
)


def follow(cursor: Any, *, day: date, cause: str, numbers_later: bool) -> None:
    """Bring in step what is derived from the batch's facts, and mark who has changed."""
    cursor.execute("SELECT EXISTS (SELECT FROM pg_temp.batch_order)")
    if cursor.fetchone()[0]:
        order_followers.follow(cursor, _ORDERS, on=day)
    _settle(cursor, day=day)
    _meet(cursor, day=day)
    if not numbers_later and facts_told.advance(cursor, _TELLING, on=day):
        cursor.execute(_TOLD)
    cursor.execute(_TOUCHED)
    is_used = uses.touch(cursor)
    staging.analyze(cursor, "batch_touched")
    if numbers_later:
        rollups.refresh(cursor, _LOST_AN_ORDER, on=day)
        return
    rollups.refresh(cursor, _NUMBERS, on=day)
    if is_used:
        rollups.refresh_activity(cursor, uses.TOUCHED, on=day)
    cursor.execute("SELECT DISTINCT facts FROM pg_temp.batch_touched")
    for (facts,) in cursor.fetchall():
        touched = sql.SQL(
            "SELECT DISTINCT customer_id FROM pg_temp.batch_touched WHERE facts = {}"
        ).format(sql.Literal(facts))
        stale.mark(cursor, touched, facts=facts, cause=cause)


def _settle(cursor: Any, *, day: date) -> None:
    staging.analyze(cursor, "batch_refund")
    cursor.execute(_TO_SETTLE)
    if cursor.rowcount:
        staging.analyze(cursor, "batch_settle")
        counting.settle(cursor, _SETTLED, on=day)
    counting.settle_negative_invoices(cursor, _NEGATIVE_INVOICES, on=day)
    rollups.touch_days(cursor, _ORDERS)


def _meet(cursor: Any, *, day: date) -> None:
    """Decide who of the new and changed is left out, and give them orders they made as guests."""
    cursor.execute("SELECT EXISTS (SELECT FROM pg_temp.batch_touched WHERE facts = 'profile')")
    if not cursor.fetchone()[0]:
        return
    staging.analyze(cursor, "batch_touched")
    population.decide(cursor, _PROFILES)
    cursor.execute(_GUESTS_EXIST)
    if cursor.fetchone()[0] and identity.adopt_guests(cursor, _REACHABLE, on=day):
        cursor.execute(
            "INSERT INTO pg_temp.batch_touched SELECT customer_id, 'orders' FROM commerce_order"
            " WHERE id IN (SELECT id FROM adopted_orders)"
        )


def hold(cursor: Any) -> None:
    """Let one batch of a merchant at a time write facts: two would lock each other out."""
    cursor.execute(
        "SELECT pg_advisory_xact_lock(hashtext('strata ingest'), hashtext(current_schema()))"
    )


_BEHIND = """
    CREATE TEMP TABLE import_behind AS
    SELECT customer_id, row_number() OVER (ORDER BY customer_id) / %s AS part FROM (
        SELECT customer_id FROM commerce_order WHERE import_id = %s
        UNION SELECT customer_id FROM commerce_refund WHERE import_id = %s
        UNION SELECT c.id FROM commerce_customer c
              LEFT JOIN commerce_customermetrics m ON m.customer_id = c.id
              LEFT JOIN commerce_customerhabits h ON h.customer_id = c.id
              WHERE m.customer_id IS NULL OR h.customer_id IS NULL
    ) touched WHERE customer_id IS NOT NULL
"""


def catch_up(*, import_id: int, today: date, cause: str, progress: Progress) -> None:
    """Count the numbers of everybody an import touched and mark them, part by part.

    Safe to repeat: it starts from the facts, so an import that was killed here does it again.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.import_behind")
        cursor.execute(_BEHIND, [PART, import_id, import_id])
        cursor.execute("ANALYZE pg_temp.import_behind")
        cursor.execute("SELECT count(*), max(part) FROM pg_temp.import_behind")
        total, last = cursor.fetchone()
        parts = (last or 0) + 1
        for part in range(parts):
            with transaction.atomic():
                rollups.refresh_metrics(cursor, _behind(part, part), on=_stand(cursor, today))
            progress.report(min(total, (part + 1) * PART), total, "customers counted")
        for part in range(0, parts, WIDE):
            behind = _behind(part, part + WIDE - 1)
            with transaction.atomic():
                rollups.refresh_habits(cursor, behind, on=_stand(cursor, today))
                for facts in ("orders", "profile"):
                    stale.mark(cursor, behind, facts=facts, cause=cause)
            progress.report(min(total, (part + WIDE) * PART), total, "customers' habits counted")
        cursor.execute("DROP TABLE pg_temp.import_behind")
        for part in uses.behind(cursor, import_id=import_id, size=PART * WIDE):
            with transaction.atomic():
                uses.catch_up(cursor, part, on=_stand(cursor, today), cause=cause)


def _stand(cursor: Any, today: date) -> date:
    hold(cursor)
    return rollups.stand_at(cursor, on=today)


def _behind(first: int, last: int) -> sql.Composed:
    return sql.SQL(
        "SELECT customer_id FROM pg_temp.import_behind WHERE part BETWEEN {} AND {}"
    ).format(sql.Literal(first), sql.Literal(last))
