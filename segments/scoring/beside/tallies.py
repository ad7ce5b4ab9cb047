"""What a pass found, counted once and kept with its run; and who moved in it."""

from datetime import timedelta

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from segments.models import ScoreRun
from segments.scores import SCORES, ScoreModel
from tenants.schema import connection

_COUNT = sql.SQL("SELECT {key}, count(*) FROM {table} GROUP BY {key} ORDER BY {key}")
_MONEY = sql.SQL("""
SELECT s.{key}, coalesce(sum(m.spent), 0)
FROM {table} s JOIN commerce_customermetrics m ON m.customer_id = s.customer_id GROUP BY s.{key}
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


def tally(
    cursor: CursorWrapper, model: ScoreModel, run: ScoreRun, *, previous: ScoreRun | None
) -> None:
    """Set `distribution` and `customers_scored` of `run` from the scores as they stand.

    Their money is added up where everybody was compared; else it stays that of the run before.
    """
    names = {"table": sql.Identifier(model.table), "key": sql.Identifier(model.key_column)}
    cursor.execute(_COUNT.format(**names))
    counted = dict(cursor.fetchall())
    if run.is_full or previous is None:
        cursor.execute(_MONEY.format(**names))
        money = {key: str(revenue) for key, revenue in cursor.fetchall()}
    else:
        money = {key: entry["revenue"] for key, entry in previous.distribution.items()}
    run.distribution = {
        key: {"customers": customers, "revenue": money.get(key, "0")}
        for key, customers in counted.items()
    }
    run.customers_scored = sum(counted.values())


def keep_money(runs: list[ScoreRun]) -> None:
    """Add up what the customers of each band or stage have spent: for the night."""
    with connection.cursor() as cursor:
        for run in runs:
            model = SCORES[run.model]
            names = {"table": sql.Identifier(model.table), "key": sql.Identifier(model.key_column)}
            cursor.execute(_MONEY.format(**names))
            for key, revenue in cursor.fetchall():
                if key in run.distribution:
                    run.distribution[key]["revenue"] = str(revenue)
            run.save(update_fields=["distribution"])


def keep_moves(cursor: CursorWrapper, run: ScoreRun) -> None:
    """Set who moved in `run`: [from, to, customers]."""
    cursor.execute(_MOVES)
    run.moves = [list(row) for row in cursor.fetchall()]


def keep_months(runs: list[ScoreRun]) -> None:
    """Keep with each run its money and who moved in the 30 days up to it: for the night."""
    keep_money(runs)
    with connection.cursor() as cursor:
        for run in runs:
            days = {"after": run.as_of - MONTH, "until": run.as_of}
            cursor.execute(_MONTH, {"model": run.model, **days})
            run.month_moves = [list(row) for row in cursor.fetchall()]
            run.save(update_fields=["month_moves"])
