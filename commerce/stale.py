"""Who has changed since each consumer last looked: what commerce tells the floors above.

A consumer (scores, memberships) registers in CONSUMERS. Facts: profile, orders, event:<name>.
Causes are those of the ledger: data, import, merge, manual, order_policy, erasure …
"""

from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from tenants import jobs
from tenants.registry import Registry

CHANGED = "changed"  # the job that works off the marks; the floor above owns it


@dataclass(frozen=True)
class Consumer:
    """Somebody who keeps something in step with customers; `key` stands in the marks."""

    key: str
    label: str


@dataclass(frozen=True)
class Taken:
    """What a consumer took: a temporary table (customer_id, facts, cause), kept until commit."""

    table: sql.Identifier
    rows: int
    everybody: str  # the cause of a mark on everybody, or nothing where there was none


# What was imported or redefined sets nothing off, so such a cause outweighs a customer's own.
_OF_EVERYBODY = sql.SQL("""
SELECT coalesce(min(cause) FILTER (WHERE cause NOT IN ('data', 'score')), min(cause), '')
FROM {} WHERE customer_id IS NULL
""")

CONSUMERS: Registry[Consumer] = Registry("stale consumer")


def mark(cursor: CursorWrapper, customers: sql.Composable, *, facts: str, cause: str) -> None:
    """Tell every consumer that `facts` of the ids that `customers` selects have changed."""
    _insert(cursor, sql.SQL("SELECT id FROM ({}) AS marked (id)").format(customers), facts, cause)


def mark_all(cursor: CursorWrapper, *, facts: str, cause: str) -> None:
    """Tell every consumer that `facts` of everybody may have changed: one row each."""
    _insert(cursor, sql.SQL("SELECT NULL::bigint").format(), facts, cause)


def take(cursor: CursorWrapper, consumer: str) -> Taken:
    """Remove the marks of `consumer` and return them; a rollback puts them back."""
    table = sql.Identifier(f"stale_{CONSUMERS[consumer].key}")
    cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table))
    cursor.execute(
        sql.SQL(
            "CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS WITH taken AS ("
            "DELETE FROM commerce_stalecustomer WHERE consumer = {consumer}"
            " RETURNING customer_id, facts, cause)"
            " SELECT DISTINCT customer_id, facts, cause FROM taken"
        ).format(table=table, consumer=sql.Literal(consumer))
    )
    rows = cursor.rowcount
    cursor.execute(sql.SQL("ANALYZE {}").format(table))
    cursor.execute(_OF_EVERYBODY.format(table))
    return Taken(table, rows, cursor.fetchone()[0])


def _insert(cursor: CursorWrapper, ids: sql.Composed, facts: str, cause: str) -> None:
    if not len(CONSUMERS):
        return
    cursor.execute(
        sql.SQL(
            "INSERT INTO commerce_stalecustomer (consumer, customer_id, facts, cause)"
            " SELECT consumer, ids.id, {facts}, {cause}"
            " FROM unnest({consumers}::varchar[]) AS consumer CROSS JOIN ({ids}) AS ids (id)"
        ).format(
            consumers=sql.Literal([consumer.key for consumer in CONSUMERS]),
            facts=sql.Literal(facts),
            cause=sql.Literal(cause),
            ids=ids,
        )
    )
    jobs.wake(CHANGED)
