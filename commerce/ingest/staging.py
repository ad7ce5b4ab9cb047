"""The staging tables: temporary, one set per connection, emptied before and after every batch."""

from typing import Any

from psycopg import sql

from commerce.ingest.columns import EVENT, LINE, ORDER, PERSON, REFUND
from tenants.schema import connection

TABLES = {
    "stage_person": {
        **PERSON,
        "customer_id": "bigint",
        "is_new": "boolean DEFAULT false",
        "by_email": "boolean DEFAULT false",
    },
    "stage_order": ORDER,
    "stage_line": LINE,
    "stage_refund": REFUND,
    "stage_event": EVENT,
    # What became of the batch's orders, narrow, so that every later step joins it cheaply.
    "batch_order": {
        "ref": "text",
        "order_id": "bigint",
        "customer_id": "bigint",
        "was_customer_id": "bigint",
        "placed_at": "timestamptz",
        "placed_on": "date",
        "is_new": "boolean",
        "is_newer": "boolean",
        "import_id": "bigint",
    },
    "batch_refund": {"refund_id": "bigint", "order_id": "bigint"},
    "batch_settle": {"order_id": "bigint"},
    "batch_touched": {"customer_id": "bigint", "facts": "text"},
}


def prepare(cursor: Any) -> None:
    """Make the staging tables of this connection, empty."""
    for name, columns in TABLES.items():
        make(cursor, name, columns=columns)


def make(cursor: Any, name: str, *, columns: dict[str, str]) -> None:
    """Make one temporary table, or empty it. Rows never outlive the transaction."""
    # Never IF NOT EXISTS: its notice costs a round trip of logging for every batch.
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"pg_temp.{name}"])
    if cursor.fetchone()[0]:
        cursor.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier("pg_temp", name)))
        return
    body = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind))  # type: ignore[arg-type]
        for column, kind in columns.items()
    )
    cursor.execute(
        sql.SQL("CREATE TEMP TABLE {} ({}) ON COMMIT DELETE ROWS").format(
            sql.Identifier(name), body
        )
    )


def analyze_store() -> None:
    """Tell the planner how large the store's own tables have become: a second, at any size."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE commerce_customer, commerce_customeridentity, commerce_customermetrics,"
            " commerce_customerhabits, commerce_customeractivity,"
            " commerce_order, commerce_orderline, commerce_refund, commerce_event"
        )


def analyze(cursor: Any, *names: str) -> None:
    """Tell the planner how large the staged tables are: it guesses 1,000 rows otherwise."""
    # 3,000 rows tell sizes and duplicates well enough; the usual 30,000 cost 0.2 s a table.
    cursor.execute("SET LOCAL default_statistics_target = 10")
    for name in names:
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier("pg_temp", name)))
