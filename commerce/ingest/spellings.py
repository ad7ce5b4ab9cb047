"""The words a batch brings for the first time, folded beside how the source wrote them.

Rules compare such columns by their spellings; a store has few of them, so what is already known is
asked first and Python folds only what is new.
"""

from typing import Any

from psycopg import sql

from commerce.keys import key

# Spelling.column → staging table and column.
COLUMNS = {
    **{
        f"order.{name}": ("stage_order", name)
        for name in ("channel", "source_name", "app", "store", "financial_status",
                     "fulfillment_status")
    },
    "line.vendor": ("stage_line", "vendor"),
    "line.sku": ("stage_line", "sku"),
}  # fmt: skip

_UNKNOWN = """
    SELECT DISTINCT {column} FROM {table} s WHERE {column} <> '' AND NOT EXISTS (
        SELECT FROM commerce_spelling k WHERE k.column = {kept} AND k.value = s.{column})
"""
_EVENT_NAMES = """
    INSERT INTO commerce_eventname (name, label, properties)
    SELECT DISTINCT name, initcap(replace(name, '_', ' ')), '{}'::jsonb FROM pg_temp.stage_event
    ON CONFLICT (name) DO NOTHING
"""


def learn(cursor: Any) -> None:
    """Keep the spellings and event names of the batch that are not known yet."""
    new: list[tuple[str, str, str]] = []
    for kept, (table, column) in COLUMNS.items():
        cursor.execute(
            sql.SQL(_UNKNOWN).format(
                column=sql.Identifier(column),
                table=sql.Identifier("pg_temp", table),
                kept=sql.Literal(kept),
            )
        )
        new += [(kept, key(value, length=255), value) for (value,) in cursor.fetchall()]
    if new:
        cursor.executemany(
            'INSERT INTO commerce_spelling ("column", key, value) VALUES (%s, %s, %s)'
            " ON CONFLICT DO NOTHING",
            new,
        )
    cursor.execute(_EVENT_NAMES)
