"""What follows from events: customers' activity counted again, and marks for who reads it.

A batch does it in its own transaction; a long import at its end, some customers at a time.
"""

from datetime import date
from typing import Any

from psycopg import sql

from commerce import facts_told, rollups, stale
from commerce.event_roles import ACTIVITY, Role, all_roles, names_of

# A letter that was sent is no use of the product: most events of a shop are letters.
_TOUCH = """
    INSERT INTO pg_temp.batch_touched (customer_id, facts)
    SELECT DISTINCT customer_id, %s FROM pg_temp.batch_touched
    WHERE facts LIKE 'event:%%' AND substr(facts, 7) <> ALL(%s)
"""
TOUCHED = sql.SQL("SELECT DISTINCT customer_id FROM pg_temp.batch_touched WHERE facts = {}").format(
    sql.Literal(ACTIVITY)
)
_BEHIND = """
    CREATE TEMP TABLE import_events AS
    SELECT customer_id, name, (dense_rank() OVER (ORDER BY customer_id) - 1) / %s AS part
    FROM (SELECT DISTINCT customer_id, name FROM commerce_event
          WHERE import_id = %s AND customer_id IS NOT NULL) told
"""


def touch(cursor: Any) -> bool:
    """Note whose activity the batch's events can have changed; say if there is anybody."""
    cursor.execute(_TOUCH, [ACTIVITY, names_of(all_roles(), Role.PASSIVE)])
    return bool(cursor.rowcount)


def behind(cursor: Any, *, import_id: int, size: int) -> list[int]:
    """Find who has events from an import, in parts of `size` customers; return the parts."""
    cursor.execute("DROP TABLE IF EXISTS pg_temp.import_events")
    cursor.execute(_BEHIND, [size, import_id])
    cursor.execute("ANALYZE pg_temp.import_events")
    cursor.execute("SELECT DISTINCT part FROM pg_temp.import_events ORDER BY part")
    return [part for (part,) in cursor.fetchall()]


def catch_up(cursor: Any, part: int, *, on: date, cause: str) -> None:
    """Count the activity of one part and mark its customers, each event under its own name."""
    cursor.execute("SELECT DISTINCT name FROM pg_temp.import_events WHERE part = %s", [part])
    names = {name for (name,) in cursor.fetchall()}
    users = _customers(part, sorted(names - {*names_of(all_roles(), Role.PASSIVE)}))
    rollups.refresh_activity(cursor, users, on=on)
    stale.mark(cursor, users, facts=ACTIVITY, cause=cause)
    if facts_told.advance(cursor, _customers(part, sorted(names)), on=on):
        stale.mark(cursor, facts_told.CHANGED, facts="profile", cause=cause)
    for name in sorted(names):
        stale.mark(cursor, _customers(part, [name]), facts=f"event:{name}"[:64], cause=cause)


def _customers(part: int, names: list[str]) -> sql.Composed:
    return sql.SQL(
        "SELECT DISTINCT customer_id FROM pg_temp.import_events"
        " WHERE part = {} AND name = ANY({}::varchar[])"
    ).format(sql.Literal(part), sql.Literal(names))
