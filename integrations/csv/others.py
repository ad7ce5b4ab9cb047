"""Rows of a file of events as staged events. Customers are staged as people are (loading.py)."""

from typing import Any

_EVENTS = """
    INSERT INTO pg_temp.stage_event (row_no, ref, is_content, person, name, occurred_at, properties)
    SELECT DISTINCT ON (event_id, CASE WHEN event_id IS NULL THEN row_no END) row_no,
        coalesce(event_id, content), event_id IS NULL, coalesce(customer_id, email_key), event,
        occurred_at, attributes
    FROM pg_temp.csv_row
    ORDER BY event_id, CASE WHEN event_id IS NULL THEN row_no END, row_no DESC
"""
_NAMELESS = """
    DELETE FROM pg_temp.csv_row WHERE customer_id IS NULL AND email_key IS NULL RETURNING row_no
"""


def stage_events(cursor: Any) -> None:
    """Fill the staging table of events."""
    cursor.execute(_EVENTS)


def nameless(cursor: Any) -> list[int]:
    """Take out rows that name nobody, neither by id nor by e-mail; return their lines."""
    cursor.execute(_NAMELESS)
    return [line for (line,) in cursor.fetchall()]
