"""What new settings would change, counted without writing anything."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import OperationalError, transaction
from psycopg import errors, sql

from segments.scoring.rfm.definition import Definition
from segments.scoring.rfm.scored import read_fresh, scored_query, take_memory
from tenants.progress import Progress, Silence
from tenants.runs import JobFailed
from tenants.schema import connection

# Somebody waits in front of the page; at a million customers it takes about 5 s.
PATIENCE_SECONDS = 60

_MOVES = sql.SQL("""
SELECT coalesce(s.segment, ''), coalesce(n.segment, ''), n.customer_id IS NOT NULL,
    s.customer_id IS NOT NULL, count(*),
    sum(coalesce(n.monetary, 0)), sum(coalesce(s.monetary, 0)),
    count(*) FILTER (WHERE s.code IS DISTINCT FROM n.code)
FROM ({next}) AS n FULL JOIN segments_rfmscore s ON s.customer_id = n.customer_id
GROUP BY 1, 2, 3, 4
""")


@dataclass(frozen=True)
class Size:
    """A segment's customers and their money."""

    customers: int = 0
    revenue: Decimal = Decimal(0)

    def plus(self, customers: int, revenue: Decimal) -> "Size":
        return Size(self.customers + customers, self.revenue + revenue)


@dataclass(frozen=True)
class Preview:
    """Segments now and under the new settings; an empty key is "scored without a segment"."""

    as_of: date
    before: dict[str, Size]
    after: dict[str, Size]
    moves: dict[tuple[str, str], int]  # (from, to) → customers, only where they differ
    moved: int  # customers who would change segment, those who enter or leave the scores included
    recoded: int  # customers whose three digits would change
    entering: int  # customers who would be scored and are not
    leaving: int  # customers who are scored and would not be


def preview(definition: Definition, *, as_of: date, progress: Progress | None = None) -> Preview:
    """Count what `definition` would change; nothing is written. Raises JobFailed after a minute."""
    progress = progress or Silence()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            take_memory(cursor)
            cursor.execute(
                "SELECT set_config('statement_timeout', %s, true)", [f"{PATIENCE_SECONDS}s"]
            )
            progress.report(0, 3, "Adding up orders")
            read_fresh(cursor, definition, as_of=as_of, is_full=True)
            progress.report(1, 3, "Scoring")
            following = scored_query(cursor, definition, as_of=as_of, since=None)
            progress.report(2, 3, "Comparing")
            cursor.execute(_MOVES.format(next=following))
            rows = cursor.fetchall()
    except OperationalError as error:
        if isinstance(error.__cause__, errors.QueryCanceled):
            raise JobFailed(
                f"The preview took more than {PATIENCE_SECONDS} seconds and was given up. "
                "Saving works all the same: the calculation runs in the background."
            ) from error
        raise
    progress.report(3, 3, "Done")
    return _read(rows, as_of=as_of)


def _read(rows: list[tuple], as_of: date) -> Preview:  # type: ignore[type-arg]
    before: dict[str, Size] = {}
    after: dict[str, Size] = {}
    moves: dict[tuple[str, str], int] = {}
    moved = recoded = entering = leaving = 0
    for old, new, is_scored, was_scored, customers, money, old_money, codes in rows:
        if was_scored:
            before[old] = before.get(old, Size()).plus(customers, old_money)
        if is_scored:
            after[new] = after.get(new, Size()).plus(customers, money)
        if was_scored and is_scored:
            recoded += codes
        entering += customers if is_scored and not was_scored else 0
        leaving += customers if was_scored and not is_scored else 0
        if old != new or is_scored != was_scored:
            moves[old, new] = moves.get((old, new), 0) + customers
            moved += customers
    return Preview(as_of, before, after, moves, moved, recoded, entering, leaving)
