"""Metrics as they stood, or will stand, on another day: the same columns, the same formulas.

A temporary table of the same name hides the real one until the block ends, so every field has one
expression and reads the past through it. Nothing may write metrics inside the block.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import transaction
from psycopg import sql

from commerce.models import OrderPolicy
from commerce.rollups.customers import EVERYBODY, rebuild
from tenants.schema import connection

_HIDE = """
    CREATE TEMPORARY TABLE commerce_customermetrics
    (LIKE commerce_customermetrics INCLUDING DEFAULTS INCLUDING INDEXES) ON COMMIT DROP
"""


@contextmanager
def metrics_on(day: date, *, customers: sql.Composable = EVERYBODY) -> Iterator[None]:
    """Let CustomerMetrics read as of `day` inside the block, for the ids `customers` selects.

    Profile columns have no history: they read as of today. One million customers with ten million
    orders take about as long as a full rebuild.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_HIDE)
        rebuild(cursor, customers, on=day, policy=OrderPolicy.current())
        cursor.execute("ANALYZE commerce_customermetrics")
        yield
        cursor.execute("DROP TABLE pg_temp.commerce_customermetrics")
