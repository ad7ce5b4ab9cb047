"""What a pass found, counted once and kept with its run; and who moved in it."""

from datetime import timedelta

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from segments.models import ScoreRun
from segments.scores import ScoreModel
from tenants.schema import connection

_COUNT = sql.SQL("""
SELECT s.{key}, count(*), coalesce(sum(m.spent), 0), coalesce(sum(m.orders_count), 0)
FROM {table} s JOIN commerce_customermetrics m ON m.customer_id = s.customer_id
GROUP BY s.{key} ORDER BY s.{key}
""")
_MOVES = """
SELECT from_key, to_key, count(*) FROM score_moved GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""
# Whoever moved twice counts once: from where they started to where they are.
_MONTH = """
WITH ends AS (
    SELECT DISTINCT customer_id,
        first_value(from_key) OVER in_turn AS from_key, last_value(to_key) OVER in_turn AS to_key
    FROM segments_scorechange
    WHERE model = %(model)s AND customer_id IS NOT NULL AND "on" > %(after)s AND "on" <= %(until)s
    WINDOW in_turn AS (PARTITION BY customer_id ORDER BY "on", id
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
)
SELECT from_key, to_key, count(*) FROM ends WHERE from_key <> to_key
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""
MONTH = timedelta(days=30)


def tally(cursor: CursorWrapper, model: ScoreModel, run: ScoreRun) -> None:
    """Set `distribution` and `customers_scored` of `run` from the scores as they stand."""
    cursor.execute(
        _COUNT.format(table=sql.Identifier(model.table), key=sql.Identifier(model.key_column))
    )
    run.distribution = {
        key: {"customers": customers, "revenue": str(revenue), "orders": int(orders)}
        for key, customers, revenue, orders in cursor.fetchall()
    }
    run.customers_scored = sum(entry["customers"] for entry in run.distribution.values())


def keep_moves(cursor: CursorWrapper, run: ScoreRun) -> None:
    """Set who moved in `run`: [from, to, customers]."""
    cursor.execute(_MOVES)
    run.moves = [list(row) for row in cursor.fetchall()]


def keep_months(runs: list[ScoreRun]) -> None:
    """Keep with each run who moved in the 30 days up to it: for the night, not for a page."""
    with connection.cursor() as cursor:
        for run in runs:
            days = {"after": run.as_of - MONTH, "until": run.as_of}
            cursor.execute(_MONTH, {"model": run.model, **days})
            run.month_moves = [list(row) for row in cursor.fetchall()]
            run.save(update_fields=["month_moves"])
