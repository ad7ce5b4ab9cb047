"""Whose numbers can differ from the last pass: the marked, and those whom time moved."""

from datetime import date, timedelta

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from segments.scoring.rfm.definition import Definition

TABLE = sql.Identifier("rfm_candidate")  # (customer_id), once each
Range = tuple[date, date]  # first and last day, both counted

_MAKE = "CREATE TEMP TABLE rfm_candidate (customer_id bigint PRIMARY KEY) ON COMMIT DROP"
# In order, so that neighbours are looked up and written together.
_FILL = sql.SQL(
    "INSERT INTO rfm_candidate SELECT customer_id FROM ({}) AS found "
    "WHERE customer_id IS NOT NULL GROUP BY customer_id ORDER BY customer_id"
)


def moved_days(definition: Definition, *, since: date, as_of: date) -> list[Range]:
    """Return the days whose facts became visible, or left a period, between the two days.

    A period of N days ends at `since` with since − N, at `as_of` with as_of − N: what lies before
    has left.
    """
    if since == as_of:
        return []
    ranges = [(since + timedelta(days=1), as_of)]
    for length in definition.periods:
        ranges.append((since - timedelta(days=length), as_of - timedelta(days=length + 1)))
    return ranges


def find_candidates(
    cursor: CursorWrapper, definition: Definition, *, since: date, as_of: date
) -> None:
    """Fill `rfm_candidate` from `rfm_marked` and from the facts on the days that count differently
    now.

    Each part reads one index: orders, refunds and events by day, orders by the day they stop
    counting.
    """
    parts: list[sql.Composable] = [sql.SQL("SELECT customer_id FROM rfm_marked")]
    for days in moved_days(definition, since=since, as_of=as_of):
        parts.append(_on("commerce_order", "placed_on", days))
        parts.append(_on("commerce_refund", "refunded_on", days))
        parts += [
            sql.SQL("{} AND name = {}").format(
                _on("commerce_event", "occurred_on", days), sql.Literal(name)
            )
            for name in {definition.activity, definition.frequency_of} - {""}
        ]
    if since != as_of:
        parts.append(_on("commerce_order", "counts_until", (since + timedelta(days=1), as_of)))
    cursor.execute(_MAKE)
    cursor.execute(_FILL.format(sql.SQL(" UNION ALL ").join(parts)))
    cursor.execute("ANALYZE rfm_candidate")


def _on(table: str, column: str, days: Range) -> sql.Composed:
    return sql.SQL("SELECT customer_id FROM {} WHERE {} BETWEEN {} AND {}").format(
        sql.Identifier(table), sql.Identifier(column), *map(sql.Literal, days)
    )
