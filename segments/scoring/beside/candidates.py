"""Whom a model's pass looks at: everybody, or who can have changed since the run before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from segments.models import ScoreRun
from segments.scores import RFM, SCORES, Asked, ScoreModel, fact_of

ONLY = sql.Identifier("score_only")  # (customer_id): who is looked at


@dataclass(frozen=True)
class Plan:
    """How a model's pass is done: since which day, or everybody, and why customers move."""

    parameters: Mapping[str, Any]
    since: date | None
    cause: str


def find_candidates(
    cursor: CursorWrapper,
    model: ScoreModel,
    asked: Asked,
    *,
    plan: Plan,
    previous: ScoreRun | None,
) -> sql.Identifier | None:
    """Fill `score_only` with who can have changed and return it; None: look at everybody."""
    kept = model.prepare(plan.parameters, asked, plan.since)
    if plan.since is None or previous is None or kept is None:
        return None
    if fact_of(RFM) in model.reads(plan.parameters) and _rfm_moved_since(previous):
        return None
    by_time = model.moved(plan.parameters, since=plan.since, asked=asked)
    if by_time is None:
        return None
    parts = [sql.SQL("SELECT customer_id FROM score_marked"), *kept, *by_time]
    if {fact_of(other.key) for other in SCORES} & model.reads(plan.parameters):
        parts.append(sql.SQL("SELECT customer_id FROM score_touched"))
    cursor.execute("DROP TABLE IF EXISTS score_only")
    cursor.execute("CREATE TEMP TABLE score_only (customer_id bigint PRIMARY KEY) ON COMMIT DROP")
    # In order, so that neighbours are looked up and written together.
    cursor.execute(
        sql.SQL(
            "INSERT INTO score_only SELECT customer_id FROM ({}) AS found (customer_id)"
            " WHERE customer_id IS NOT NULL GROUP BY customer_id ORDER BY customer_id"
        ).format(sql.SQL(" UNION ALL ").join(parts))
    )
    cursor.execute("ANALYZE score_only")
    return ONLY


def _rfm_moved_since(previous: ScoreRun) -> bool:
    """Say whether RFM has changed anything since: it does not tell whom it touched."""
    runs = ScoreRun.objects.filter(model=RFM, error="", pk__gt=previous.pk)
    return runs.filter(customers_touched__gt=0).exists() or runs.filter(cause="first").exists()
