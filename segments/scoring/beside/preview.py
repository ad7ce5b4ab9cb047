"""What other parameters of a score would change, counted without writing anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import OperationalError, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import errors, sql

from commerce.rollups import standing_day
from segments.models.membership import Cause
from segments.scores import SCORES, Asked, ScoreModel, fact_of, in_order
from segments.scoring.beside.run import stored_parameters
from segments.scoring.beside.writing import Stamp, read_fresh, write_difference
from tenants.runs import JobFailed
from tenants.schema import connection

PATIENCE_SECONDS = 60  # somebody waits in front of the page

_MOVES = sql.SQL("""
SELECT coalesce(s.{key}, ''), coalesce(n.{key}, ''), count(*)
FROM score_fresh n FULL JOIN {table} s ON s.customer_id = n.customer_id
GROUP BY 1, 2 ORDER BY 1, 2
""")

# What a pass has at hand when it writes.
_NOBODY_MARKED = """
DROP TABLE IF EXISTS score_marked, score_touched;
CREATE TEMP TABLE score_marked (customer_id bigint, cause varchar(20), event varchar(64))
    ON COMMIT DROP;
CREATE TEMP TABLE score_touched (customer_id bigint PRIMARY KEY) ON COMMIT DROP
"""


@dataclass(frozen=True)
class Preview:
    """Customers by key now and then; an empty key is "no score"."""

    as_of: date
    before: dict[str, int]
    after: dict[str, int]
    moves: dict[tuple[str, str], int]  # (from, to) → customers, only where they differ
    # What follows in the scores whose rules read this one, by their keys.
    others: dict[str, "Preview"] = field(default_factory=dict)

    @property
    def moved(self) -> int:
        """Customers whose band or stage would change."""
        return sum(self.moves.values())


def preview(key: str, stored: Mapping[str, Any], *, at: datetime) -> Preview:
    """Count what `stored` would change, in this score and in those that read it.

    Raises ValidationError by box, JobFailed after a minute.
    """
    model = SCORES[key]
    parameters = model.effective(stored)
    day = standing_day() or at.astimezone(connection.tenant.zone).date()
    asked = Asked(day=day, at=at)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('statement_timeout', %s, true)", [f"{PATIENCE_SECONDS}s"]
            )
            found = _compare(cursor, model, parameters, asked)
            changed = {fact_of(key)}
            for other in _readers(model):
                theirs = other.effective(stored_parameters(other.key))
                if theirs["is_on"] and changed & other.reads(theirs):
                    _write(cursor, model, asked)
                    model = other
                    found.others[other.key] = _compare(cursor, other, theirs, asked)
                    changed.add(fact_of(other.key))
            transaction.set_rollback(True)
            return found
    except OperationalError as error:
        if isinstance(error.__cause__, errors.QueryCanceled):
            raise JobFailed(
                f"The preview took more than {PATIENCE_SECONDS} seconds and was given up. "
                "Saving works all the same: the calculation runs in the background."
            ) from error
        raise


def _readers(model: ScoreModel) -> list[ScoreModel]:
    """Return the models whose rules may read this one."""
    return [other for other in in_order() if other.order > model.order]


def _compare(
    cursor: CursorWrapper, model: ScoreModel, parameters: Mapping[str, Any], asked: Asked
) -> Preview:
    """Count who stands where now and would then; the latter stay in `score_fresh`."""
    model.prepare(parameters, asked, None)
    nobody = "" if parameters["is_on"] else " WHERE false"
    query = sql.SQL("SELECT * FROM ({}) AS fresh").format(model.fresh(parameters, asked, None))
    read_fresh(cursor, query + sql.SQL(nobody))
    names = {"key": sql.Identifier(model.key_column), "table": sql.Identifier(model.table)}
    cursor.execute(_MOVES.format(**names))
    return _read(cursor.fetchall(), asked.day)


def _write(cursor: CursorWrapper, model: ScoreModel, asked: Asked) -> None:
    """Let the scores in `score_fresh` stand until the rollback, as a pass would write them."""
    cursor.execute(_NOBODY_MARKED)
    stamp = Stamp(0, asked.day, asked.at, Cause.SCORE_DEFINITION, keeps_own_causes=False)
    write_difference(cursor, model, stamp=stamp, only=None)


def _read(rows: list[tuple[str, str, int]], day: date) -> Preview:
    before: dict[str, int] = {}
    after: dict[str, int] = {}
    moves: dict[tuple[str, str], int] = {}
    for old, new, customers in rows:
        if old:
            before[old] = before.get(old, 0) + customers
        if new:
            after[new] = after.get(new, 0) + customers
        if old != new:
            moves[old, new] = customers
    return Preview(day, before, after, moves)
