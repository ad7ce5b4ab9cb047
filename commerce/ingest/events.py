"""Events: appended once by the source's id; a known one takes over newer properties."""

from typing import Any

from commerce.ingest.occurrence import number

_WRITE = """
    WITH written AS (
        INSERT INTO commerce_event AS e (customer_id, source, external_id, name, occurred_at,
            occurred_on, occurred_hour, properties, import_id)
        SELECT p.customer_id, %(source)s, s.ref, s.name, s.occurred_at,
               (s.occurred_at AT TIME ZONE %(zone)s)::date,
               extract(hour FROM s.occurred_at AT TIME ZONE %(zone)s),
               coalesce(s.properties, '{}'), %(import_id)s
        FROM pg_temp.stage_event s LEFT JOIN pg_temp.stage_person p ON p.ref = s.person
        ON CONFLICT (source, external_id) DO UPDATE
        SET properties = e.properties || excluded.properties,
            customer_id = coalesce(excluded.customer_id, e.customer_id),
            import_id = coalesce(excluded.import_id, e.import_id)
        RETURNING customer_id, name, xmax = 0 AS is_new
    ), touched AS (
        INSERT INTO pg_temp.batch_touched
        SELECT DISTINCT customer_id, left('event:' || name, 64) FROM written
        WHERE customer_id IS NOT NULL
    )
    SELECT count(*) FILTER (WHERE is_new) FROM written
"""


def write(cursor: Any, *, values: dict[str, Any]) -> int:
    """Write the staged events; return how many are new."""
    number(cursor, "stage_event", known="commerce_event", values=values)
    cursor.execute(_WRITE, values)
    new: int = cursor.fetchone()[0]
    return new
