"""Identity of rows without an id: their content and its how-manieth in the file.

The count goes on across batches without remembering the file: what this import has written so far
is found in the facts themselves. Of a content, the numbers 1 … k are there and k + 1 is not, so k
is found by doubling and halving, one index look-up per content and round; mostly in one round.
"""

from typing import Any

from psycopg import sql

from commerce.ingest.staging import make

_CONTENTS = {"content": "text", "low": "bigint", "high": "bigint"}  # low is there, high is not
_START = """
    INSERT INTO pg_temp.batch_content (content, low)
    SELECT DISTINCT ref, 0 FROM pg_temp.{stage} WHERE is_content
"""
_PROBE = """
    UPDATE pg_temp.batch_content c
    SET low = CASE WHEN p.is_there THEN p.probe ELSE c.low END,
        high = CASE WHEN p.is_there THEN c.high ELSE p.probe END
    FROM (
        SELECT content, probe, EXISTS (
            SELECT FROM {known} k WHERE k.source = %(source)s AND k.import_id = %(import_id)s
              AND k.external_id = content || '-' || probe) AS is_there
        FROM (
            SELECT content,
                   CASE WHEN high IS NULL THEN greatest(1, low * 2) ELSE (low + high) / 2 END
                   AS probe
            FROM pg_temp.batch_content WHERE high IS NULL OR high - low > 1
        ) open
    ) p
    WHERE p.content = c.content
"""
_WRITE = """
    UPDATE pg_temp.{stage} s SET ref = n.ref
    FROM (
        SELECT s.row_no, s.ref || '-' || c.low + row_number() OVER (
            PARTITION BY s.ref ORDER BY s.row_no) AS ref
        FROM pg_temp.{stage} s JOIN pg_temp.batch_content c ON c.content = s.ref
        WHERE s.is_content
    ) n
    WHERE n.row_no = s.row_no AND s.is_content
"""


def number(cursor: Any, stage: str, *, known: str, values: dict[str, Any]) -> None:
    """Number the contents in `stage` by their how-manieth, counting on from table `known`."""
    make(cursor, "batch_content", columns=_CONTENTS)
    cursor.execute(sql.SQL(_START).format(stage=sql.Identifier(stage)))
    if not cursor.rowcount:
        return
    if values["import_id"] is not None:
        probe = sql.SQL(_PROBE).format(known=sql.Identifier(known))
        cursor.execute(probe, values)
        while cursor.rowcount:
            cursor.execute(probe, values)
    cursor.execute(sql.SQL(_WRITE).format(stage=sql.Identifier(stage)))
