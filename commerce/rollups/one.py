"""One customer's questions on many days, by the same formulas and the same expressions.

A query that reads metrics finds, in the place of the tables, the customer's row as it stands on
the day asked for: a WITH of the same name hides a table. Nothing is written, and every read goes by
the customer's key.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from psycopg import sql

from commerce.models import OrderPolicy
from commerce.rollups.activity import select_activity
from commerce.rollups.customers import select_metrics
from commerce.rollups.habits import select_habits
from tenants.schema import connection

_TABLES: dict[str, Callable[..., sql.Composed]] = {
    "commerce_customermetrics": select_metrics,
    "commerce_customerhabits": select_habits,
    "commerce_customeractivity": select_activity,
}
_ON_DAYS = """{rows} AS MATERIALIZED (
    SELECT days.day, kept.* FROM unnest({days}::date[]) AS days (day) CROSS JOIN LATERAL ({select})
        AS kept
)"""
_HIDDEN = "{table} AS (SELECT * FROM {rows} WHERE day = {day})"
_ASKED = """SELECT * FROM (
    WITH {hidden} SELECT {place} AS place, asked.* FROM ({query}) AS asked
) AS on_day"""


def answers_on_days(
    customer_id: int, questions: Sequence[tuple[date, "QuerySet[Any, Any]"]]
) -> list[tuple[Any, ...] | None]:
    """Return the row each query finds on its day, None for a query that finds none.

    The queries read CustomerMetrics (and its habits) of this customer and select the same columns.
    Profile columns read as of today, as `metrics_on` does.
    """
    if not questions:
        return []
    with connection.cursor() as cursor:
        asked = [cursor.mogrify(*query.query.sql_with_params()) for _, query in questions]
        names = [name for name in _TABLES if any(f'"{name}"' in text for text in asked)]
        one, days = sql.SQL("SELECT {}::bigint").format(sql.Literal(customer_id)), questions
        parts = [
            sql.SQL(_ASKED).format(
                hidden=sql.SQL(", ").join(_hidden(name, day=day) for name in names),
                place=sql.Literal(place),
                query=sql.SQL(text),
            )
            for place, ((day, _), text) in enumerate(zip(questions, asked, strict=True))
        ]
        statement = sql.SQL("WITH {} ").format(
            sql.SQL(", ").join(_on_days(name, one, days=[day for day, _ in days]) for name in names)
        )
        cursor.execute(statement + sql.SQL(" UNION ALL ").join(parts))
        found = {row[0]: tuple(row[1:]) for row in cursor.fetchall()}
    return [found.get(place) for place in range(len(questions))]


def _on_days(name: str, one: sql.Composable, *, days: list[date]) -> sql.Composed:
    select = _TABLES[name](one, on=sql.SQL("days.day"), policy=OrderPolicy.current())
    wanted = sql.Literal(sorted(set(days)))
    return sql.SQL(_ON_DAYS).format(rows=_rows(name), days=wanted, select=select)


def _hidden(name: str, *, day: date) -> sql.Composed:
    return sql.SQL(_HIDDEN).format(
        table=sql.Identifier(name), rows=_rows(name), day=sql.Literal(day)
    )


def _rows(name: str) -> sql.Identifier:
    return sql.Identifier(f"{name}_on_days")
