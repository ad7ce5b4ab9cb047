"""Whose facts changed since the last pass, why, and which event told it."""

from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce import stale

CONSUMER = "scores"
TABLE = sql.Identifier("score_marked")  # (customer_id, cause, event), a row a customer

# What was imported, merged or redefined sets nothing off, so its cause outweighs the customer's
# own. Of several events the one that tells facts about the customer is named.
_SETTLE = sql.SQL("""
CREATE TEMP TABLE score_marked ON COMMIT DROP AS
SELECT customer_id,
    coalesce(min(cause) FILTER (WHERE cause <> 'data'), 'data')::varchar(20) AS cause,
    coalesce(
        min(substr(facts, 7)) FILTER (WHERE facts LIKE 'event:%'
            AND substr(facts, 7) IN (SELECT event FROM commerce_factmapping)),
        min(substr(facts, 7)) FILTER (WHERE facts LIKE 'event:%'), '')::varchar(64) AS event
FROM {} WHERE customer_id IS NOT NULL GROUP BY customer_id
""")


@dataclass(frozen=True)
class Marks:
    """How many are marked; `everybody` is the cause of a mark on all of them, or nothing."""

    customers: int
    everybody: str


def take_marks(cursor: CursorWrapper) -> Marks:
    """Delete the marks there are now and keep them in `score_marked`, in this transaction."""
    taken = stale.take(cursor, CONSUMER)
    cursor.execute("DROP TABLE IF EXISTS score_marked")
    cursor.execute(_SETTLE.format(taken.table))
    customers = cursor.rowcount
    cursor.execute("ANALYZE score_marked")
    return Marks(customers=customers, everybody=taken.everybody)
