"""Metrics as they stood, or will stand, on another day: the same columns, the same formulas.

Temporary tables of the same names hide the real ones until the block ends, so every field has one
expression and reads the past through it. Nothing may write metrics inside the block.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.db import transaction
from psycopg import sql

from commerce.models import OrderPolicy
from commerce.rollups.activity import rebuild_activity
from commerce.rollups.customers import EVERYBODY, rebuild
from commerce.rollups.habits import rebuild_habits
from commerce.rollups.state import standing_day
from tenants.schema import connection

_REBUILD: dict[str, Callable[..., int]] = {
    "commerce_customermetrics": rebuild,
    "commerce_customerhabits": rebuild_habits,
    "commerce_customeractivity": rebuild_activity,
}
_DAY: ContextVar[date | None] = ContextVar("the day that metrics read as of", default=None)
_HIDE = """
    CREATE TEMPORARY TABLE {table}
    (LIKE {table} INCLUDING DEFAULTS INCLUDING INDEXES) ON COMMIT DROP
"""


@contextmanager
def metrics_on(day: date, *, customers: sql.Composable = EVERYBODY) -> Iterator[None]:
    """Let all numbers read as of `day` in the block, for the ids that `customers` selects.

    Profile columns have no history: they read as of today. One million customers with ten million
    orders take about as long as a full rebuild.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        policy = OrderPolicy.current()
        for name, rebuild_all in _REBUILD.items():
            table = sql.Identifier(name)
            cursor.execute(sql.SQL(_HIDE).format(table=table))
            rebuild_all(cursor, customers, on=day, policy=policy)
            cursor.execute(sql.SQL("ANALYZE {}").format(table))
        token = _DAY.set(day)
        try:
            yield
        finally:
            _DAY.reset(token)
        for name in _REBUILD:
            cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier("pg_temp", name)))


def visible_day() -> date | None:
    """Return the day the metrics read as of: that of the block around, else where they stand."""
    return _DAY.get() or standing_day()
