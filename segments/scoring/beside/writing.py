"""Writing what differs of any score: rows, movements, marks for the segments that read it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from segments.scores import ScoreModel, fact_of

DIFFERENCE = sql.Identifier("score_difference")
MOVED = sql.Identifier("score_moved")  # (customer_id, from_key, to_key)
TOUCHED = sql.Identifier("score_touched")  # customers that an earlier score of this pass changed

_FRESH = sql.SQL("CREATE TEMP TABLE score_fresh ON COMMIT DROP AS {}")
_FIRST = sql.SQL("""
INSERT INTO {table} (customer_id, {columns}, {previous}, changed_at)
SELECT customer_id, {columns}, '', NULL FROM score_fresh ORDER BY customer_id
""")
_DIFFERENCE = sql.SQL("""
CREATE TEMP TABLE score_difference ON COMMIT DROP AS
SELECT n.*, s.{key} AS from_key
FROM score_fresh n LEFT JOIN {table} s ON s.customer_id = n.customer_id
WHERE s.customer_id IS NULL OR ROW({olds}) IS DISTINCT FROM ROW({news})
""")
_REMOVE = sql.SQL("""
WITH gone AS (
    DELETE FROM {table} s WHERE {scope}
        NOT EXISTS (SELECT FROM score_fresh n WHERE n.customer_id = s.customer_id)
    RETURNING s.customer_id, s.{key} AS from_key
)
INSERT INTO score_moved SELECT customer_id, from_key, '' FROM gone
""")
_SCOPE = sql.SQL("s.customer_id IN (SELECT customer_id FROM {}) AND")
_MOVE = sql.SQL("""
INSERT INTO score_moved SELECT customer_id, coalesce(from_key, ''), {key}
FROM score_difference WHERE from_key IS DISTINCT FROM {key}
""")
_UPDATE = sql.SQL("""
UPDATE {table} s SET ({columns}) = ROW({values}),
    {previous} = CASE WHEN s.{key} = d.{key} THEN s.{previous} ELSE s.{key} END,
    changed_at = CASE WHEN s.{key} = d.{key} THEN s.changed_at ELSE {at} END
FROM score_difference d WHERE d.customer_id = s.customer_id AND d.from_key IS NOT NULL
""")
_INSERT = sql.SQL("""
INSERT INTO {table} (customer_id, {columns}, {previous}, changed_at)
SELECT customer_id, {columns}, '', {at} FROM score_difference WHERE from_key IS NULL
ORDER BY customer_id
""")
_CHANGES = sql.SQL("""
INSERT INTO segments_scorechange (run_id, customer_id, model, from_key, to_key, cause, "on", event)
SELECT {run}, v.customer_id, {model}, v.from_key, v.to_key, {cause}, {on}, coalesce(c.event, '')
FROM score_moved v LEFT JOIN score_marked c ON c.customer_id = v.customer_id
ORDER BY v.customer_id
""")
_TOUCH = """
INSERT INTO score_touched (customer_id)
SELECT customer_id FROM score_difference UNION SELECT customer_id FROM score_moved
ON CONFLICT DO NOTHING
"""
_TELL = sql.SQL("""
INSERT INTO commerce_stalecustomer (consumer, customer_id, facts, cause)
SELECT {consumer}, t.customer_id, {facts}, {cause}
FROM (SELECT customer_id FROM score_difference UNION SELECT customer_id FROM score_moved) t
LEFT JOIN score_marked c ON c.customer_id = t.customer_id
""")
MANY = 50_000  # changed customers: more are quicker computed whole than one by one


@dataclass(frozen=True)
class Stamp:
    """What every row of a run carries."""

    run_id: int
    on: date
    at: datetime
    cause: str
    keeps_own_causes: bool  # a marked customer's cause comes before the run's

    @property
    def cause_sql(self) -> sql.Composable:
        """The cause of one customer, where the marked are joined as c."""
        if self.keeps_own_causes:
            return sql.SQL("coalesce(c.cause, {})").format(sql.Literal(self.cause))
        return sql.Literal(self.cause)


def _names(model: ScoreModel) -> dict[str, sql.Composable]:
    columns = [sql.Identifier(name) for name in model.columns]
    return {
        "table": sql.Identifier(model.table),
        "columns": sql.SQL(", ").join(columns),
        "olds": sql.SQL(", ").join(sql.SQL("s.{}").format(name) for name in columns),
        "news": sql.SQL(", ").join(sql.SQL("n.{}").format(name) for name in columns),
        "values": sql.SQL(", ").join(sql.SQL("d.{}").format(name) for name in columns),
        "key": sql.Identifier(model.key_column),
        "previous": sql.Identifier(f"previous_{model.key_column}"),
    }


def read_fresh(cursor: CursorWrapper, fresh: sql.Composable) -> None:
    """Keep what the query of a model answers in `score_fresh`."""
    for table in ("score_fresh", "score_difference", "score_moved"):
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(table)))
    cursor.execute(_FRESH.format(fresh))
    cursor.execute("ANALYZE score_fresh (customer_id)")


def write_first(cursor: CursorWrapper, model: ScoreModel) -> None:
    """Write everybody's first score from `score_fresh`: nothing to compare, no movement."""
    cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(model.table)))
    cursor.execute(_FIRST.format(**_names(model)))


def write_difference(
    cursor: CursorWrapper, model: ScoreModel, *, stamp: Stamp, only: sql.Identifier | None
) -> int:
    """Write the rows of `score_fresh` that differ and who moved; return the rows touched.

    Rows of customers that are not in `only` stay as they are.
    """
    names, at = _names(model), sql.Literal(stamp.at)
    cursor.execute(
        "CREATE TEMP TABLE score_moved (customer_id bigint, from_key varchar(32),"
        " to_key varchar(32)) ON COMMIT DROP"
    )
    cursor.execute(_DIFFERENCE.format(**names))
    touched = cursor.rowcount
    scope = _SCOPE.format(only) if only is not None else sql.SQL("")
    cursor.execute(_REMOVE.format(scope=scope, **names))
    touched += cursor.rowcount
    cursor.execute(_MOVE.format(**names))
    cursor.execute(_UPDATE.format(at=at, **names))
    cursor.execute(_INSERT.format(at=at, **names))
    cursor.execute(
        _CHANGES.format(
            run=sql.Literal(stamp.run_id),
            model=sql.Literal(model.key),
            cause=stamp.cause_sql,
            on=sql.Literal(stamp.on),
        )
    )
    cursor.execute(_TOUCH)
    return touched


def tell(
    cursor: CursorWrapper, model: ScoreModel, *, consumer: str, stamp: Stamp, touched: int
) -> None:
    """Mark whose score changed for the segments that read it; everybody where they are many."""
    facts = sql.Literal(fact_of(model.key))
    if 0 < touched <= MANY:
        cursor.execute(
            _TELL.format(consumer=sql.Literal(consumer), facts=facts, cause=stamp.cause_sql)
        )
    elif touched:
        cursor.execute(
            "INSERT INTO commerce_stalecustomer (consumer, facts, cause) VALUES (%s, %s, %s)",
            [consumer, fact_of(model.key), stamp.cause],
        )


def tell_everybody(cursor: CursorWrapper, model: ScoreModel, *, consumer: str) -> None:
    """Have every segment that reads the score computed anew: it is gone."""
    cursor.execute(
        "INSERT INTO commerce_stalecustomer (consumer, facts, cause)"
        " VALUES (%s, %s, 'score_definition')",
        [consumer, fact_of(model.key)],
    )
