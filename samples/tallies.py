"""How many samples there are by day, type and state, kept as they are written: nobody counts them.

`samples.classifying` appends what each of its statements added and took away; the sum of a day's
rows is the day. Appending waits for nobody, and the hourly job adds the rows up.
"""

from datetime import date
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.db.models import Sum
from psycopg import sql

from samples.models import SampleOrder, SampleTally

State = SampleOrder.State

# `changed` is a query of (n, placed_on, kind, state, cost, fulfilled_on); n is 1 or -1.
APPEND = sql.SQL("""
    INSERT INTO samples_sampletally (placed_on, kind, state, samples, costed, cost, dated, days)
    SELECT placed_on, kind, state, sum(n), coalesce(sum(n) FILTER (WHERE cost IS NOT NULL), 0),
           coalesce(sum(n * cost), 0), coalesce(sum(n) FILTER (WHERE is_dated), 0),
           coalesce(sum(n * (fulfilled_on - placed_on)) FILTER (WHERE is_dated), 0)
    FROM ({changed}) AS c CROSS JOIN LATERAL (
        SELECT state = 'fulfilled' AND fulfilled_on >= placed_on AS is_dated
    ) AS d GROUP BY placed_on, kind, state
""")
_ALL = sql.SQL("SELECT 1 AS n, placed_on, kind, state, cost, fulfilled_on FROM samples_sampleorder")
_ADD_UP = """
    WITH taken AS (DELETE FROM samples_sampletally RETURNING *)
    INSERT INTO samples_sampletally (placed_on, kind, state, samples, costed, cost, dated, days)
    SELECT placed_on, kind, state, sum(samples), sum(costed), sum(cost), sum(dated), sum(days)
    FROM taken GROUP BY placed_on, kind, state HAVING sum(samples) <> 0
"""


def recount(cursor: CursorWrapper) -> None:
    """Count all samples anew: one scan, for a run over all orders."""
    cursor.execute("DELETE FROM samples_sampletally")
    cursor.execute(APPEND.format(changed=_ALL))


def add_up(cursor: CursorWrapper) -> int:
    """Make one row of the rows of each day, type and state; return how many rows are left."""
    cursor.execute(_ADD_UP)
    return cursor.rowcount


def by_type_and_state() -> list[dict[str, Any]]:
    """Return kind, state, samples, costed and cost of each type in each state."""
    sums = {name: Sum(name) for name in ("samples", "costed", "cost")}
    rows = SampleTally.objects.order_by().values("kind", "state").annotate(**sums)
    return [dict(row) for row in rows.filter(samples__gt=0)]


def pending(*, before: date | None = None) -> int:
    """Return how many samples are still to be sent; only those ordered before a local day."""
    rows = SampleTally.objects.filter(state=State.PENDING)
    if before is not None:
        rows = rows.filter(placed_on__lt=before)
    return int(rows.aggregate(n=Sum("samples"))["n"] or 0)


def by_day(first: date, last: date) -> list[tuple[date, str, str, int, int, int]]:
    """Return (day, kind, state, samples, dated, days) between two local days, without cancelled."""
    rows = SampleTally.objects.filter(placed_on__range=(first, last))
    found = rows.exclude(state=State.CANCELLED).order_by().values_list("placed_on", "kind", "state")
    sums = found.annotate(n=Sum("samples"), told=Sum("dated"), took=Sum("days"))
    return [row for row in sums if row[3]]
