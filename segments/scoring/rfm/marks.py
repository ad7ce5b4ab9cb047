"""What has changed since the last pass: the marks commerce left for this consumer, taken once."""

from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce import stale

CONSUMER = "rfm"
TABLE = sql.Identifier("rfm_marked")  # (customer_id, cause), a row a customer

# What was imported, merged or redefined must set off no triggers, so such a cause outweighs "data".
_SETTLE = sql.SQL("""
CREATE TEMP TABLE rfm_marked ON COMMIT DROP AS
SELECT customer_id, coalesce(min(cause) FILTER (WHERE cause <> 'data'), 'data')::text AS cause
FROM {} WHERE customer_id IS NOT NULL GROUP BY customer_id
""")


@dataclass(frozen=True)
class Marks:
    """How many are marked; `everybody` is the cause of a mark on all of them, or nothing."""

    customers: int
    everybody: str


def take_marks(cursor: CursorWrapper) -> Marks:
    """Delete the marks there are now and keep them in `rfm_marked`, in this transaction.

    Call it before reading facts: what is committed meanwhile leaves new marks for the next pass.
    """
    taken = stale.take(cursor, CONSUMER)
    cursor.execute(_SETTLE.format(taken.table))
    customers = cursor.rowcount
    cursor.execute("ANALYZE rfm_marked")
    return Marks(customers=customers, everybody=taken.everybody)
