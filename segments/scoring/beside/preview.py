"""What other parameters of a score would change, counted without writing anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import OperationalError, transaction
from psycopg import errors, sql

from commerce.rollups import standing_day
from segments.scores import SCORES, Asked
from segments.scoring.beside.writing import read_fresh
from tenants.runs import JobFailed
from tenants.schema import connection

PATIENCE_SECONDS = 60  # somebody waits in front of the page

_MOVES = sql.SQL("""
SELECT coalesce(s.{key}, ''), coalesce(n.{key}, ''), count(*)
FROM score_fresh n FULL JOIN {table} s ON s.customer_id = n.customer_id
GROUP BY 1, 2 ORDER BY 1, 2
""")


@dataclass(frozen=True)
class Preview:
    """Customers by key now and then; an empty key is "no score"."""

    as_of: date
    before: dict[str, int]
    after: dict[str, int]
    moves: dict[tuple[str, str], int]  # (from, to) → customers, only where they differ

    @property
    def moved(self) -> int:
        """Customers whose band or stage would change."""
        return sum(self.moves.values())


def preview(key: str, stored: Mapping[str, Any], *, at: datetime) -> Preview:
    """Count what `stored` would change; raise ValidationError by box, JobFailed after a minute."""
    model = SCORES[key]
    parameters = model.effective(stored)
    day = standing_day() or at.astimezone(connection.tenant.zone).date()
    asked = Asked(day=day, at=at)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('statement_timeout', %s, true)", [f"{PATIENCE_SECONDS}s"]
            )
            model.prepare(parameters, asked, None)
            nobody = "" if parameters["is_on"] else " WHERE false"
            query = sql.SQL("SELECT * FROM ({}) AS fresh").format(
                model.fresh(parameters, asked, None)
            )
            read_fresh(cursor, query + sql.SQL(nobody))
            cursor.execute(
                _MOVES.format(
                    key=sql.Identifier(model.key_column), table=sql.Identifier(model.table)
                )
            )
            rows = cursor.fetchall()
            transaction.set_rollback(True)
    except OperationalError as error:
        if isinstance(error.__cause__, errors.QueryCanceled):
            raise JobFailed(
                f"The preview took more than {PATIENCE_SECONDS} seconds and was given up. "
                "Saving works all the same: the calculation runs in the background."
            ) from error
        raise
    return _read(rows, day)


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
