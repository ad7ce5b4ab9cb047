"""The same columns in DuckDB: what a column store in the same process answers."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tenants.schema import connection

_CUSTOMERS = """
COPY (
    SELECT m.customer_id, m.spent, m.country, m.orders_count, m.orders_365, m.last_order_on,
        s.segment, c.attributes ->> 'plan' AS plan, (c.attributes ->> 'mrr')::int AS mrr
    FROM commerce_customermetrics m JOIN commerce_customer c ON c.id = m.customer_id
    LEFT JOIN segments_rfmscore s USING (customer_id) WHERE m.in_base
) TO STDOUT WITH (FORMAT csv, HEADER)
"""
_LINES = """
COPY (
    SELECT customer_id, placed_on, category_key AS category, product_key AS product
    FROM commerce_orderline
    WHERE customer_id IS NOT NULL AND may_count AND counts_until IS NULL
) TO STDOUT WITH (FORMAT csv, HEADER)
"""


class Columns:
    """Customers and lines in memory, on as many cores as PostgreSQL has."""

    def __init__(self, folder: Path) -> None:
        self.duck = duckdb.connect(config={"threads": 2})
        for table, query in (("customers", _CUSTOMERS), ("lines", _LINES)):
            path = folder / f"{table}.duck.csv"
            _unload(query, path)
            self.duck.execute(f"CREATE TABLE {table} AS SELECT * FROM read_csv('{path}')")
            path.unlink()

    def count(self, condition: str, *, as_of: date) -> Any:
        """Return how many customers `condition` holds for."""
        asked = f"SELECT count(*) FROM customers WHERE {condition}"
        values = {"today": as_of} if "$today" in condition else {}
        found = self.duck.execute(asked, values).fetchone()
        assert found is not None
        return found[0]


def _unload(query: str, path: Path) -> None:
    with (
        path.open("wb") as file,
        connection.cursor() as cursor,
        cursor.copy(query.encode()) as copy,
    ):
        for block in copy:
            file.write(block)
