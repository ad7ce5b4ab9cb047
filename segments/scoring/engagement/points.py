"""From what a customer did to points, score and band, as SQL over one row of figures."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from psycopg import sql

from segments.scoring.engagement.parameters import BANDS, COMPONENTS

# {f} is a row of (last_on, active_days, actions, sessions, features); {seen} the store's features.
_MEETS = {
    "recency": "{day} - f.last_on <= {limit}",
    "frequency": "f.active_days >= {limit}",
    # Multiplied out: no division, so no rounding at a limit.
    "depth": "f.sessions > 0 AND f.actions >= {limit} * f.sessions",
    "breadth": "{seen} > 0 AND 100 * f.features >= {limit} * {seen}",
}


def points_of(name: str, parameters: Mapping[str, Any], **values: sql.Composable) -> sql.Composed:
    """Return the points of a component: those of the first limit that is met."""
    *points, otherwise = parameters[f"{name}_points"]
    limits = parameters[f"{name}_limits"]
    cases = [
        sql.SQL("WHEN {} THEN {}").format(
            sql.SQL(_MEETS[name]).format(limit=sql.Literal(Decimal(limit)), **values),  # type: ignore[arg-type]
            sql.Literal(reached),
        )
        for limit, reached in zip(limits, points, strict=True)
    ]
    return sql.SQL("CASE {} ELSE {} END").format(sql.SQL(" ").join(cases), sql.Literal(otherwise))


def score_of(parameters: Mapping[str, Any], row: str) -> sql.Composed:
    """Return Σ weight × points ÷ Σ weight of the points in `row`, rounded half up to cents."""
    given = {name: Decimal(parameters[f"weight_{name}"]) for name in COMPONENTS}
    parts = [
        sql.SQL("{} * {}").format(sql.Literal(weight), sql.Identifier(row, name))
        for name, weight in given.items()
    ]
    return sql.SQL("round(({})::numeric / {}, 2)").format(
        sql.SQL(" + ").join(parts), sql.Literal(sum(given.values(), Decimal(0)))
    )


def band_of(parameters: Mapping[str, Any], score: sql.Composable) -> sql.Composed:
    """Return the band of a score: the first whose edge it reaches, without gaps."""
    *edged, (lowest, _) = BANDS
    cases = [
        sql.SQL("WHEN {} >= {} THEN {}").format(score, sql.Literal(Decimal(edge)), sql.Literal(key))
        for edge, (key, _) in zip(parameters["bands"], edged, strict=True)
    ]
    return sql.SQL("CASE {} ELSE {} END").format(sql.SQL(" ").join(cases), sql.Literal(lowest))
