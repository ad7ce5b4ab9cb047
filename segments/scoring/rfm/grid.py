"""From numbers to scores, code, weighted score and segment, as SQL over at most 125 cells."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from typing import Any

from psycopg import sql

from segments.scoring.rfm.cuts import Cuts
from segments.scoring.rfm.definition import Definition, Weights
from segments.scoring.rfm.maps import FIFTHS
from segments.scoring.rfm.ranking import cuts_of_counts

FOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Cell:
    """What everyone with these three scores gets."""

    r: int
    f: int
    m: int
    code: int
    score: Decimal
    segment: str


def weighted_score(weights: Weights, r: int, f: int, m: int) -> Decimal:
    """Return (wR·R + wF·F + wM·M) ÷ (wR + wF + wM), four places."""
    total = weights[0] * r + weights[1] * f + weights[2] * m
    return (total / sum(weights)).quantize(FOUR_PLACES, ROUND_HALF_UP)


def build_grid(
    definition: Definition, *, customers: dict[tuple[int, int, int], int] | None = None
) -> list[Cell]:
    """Return every cell of the method. `customers` a cell are needed by the map that cuts the
    weighted score in fifths.
    """
    steps = range(1, definition.method.steps + 1)
    reading = definition.method.reading
    fifths = _fifths(definition, customers or {}) if definition.map.by_score else {}
    cells = []
    for r, f, m in product(steps, steps, steps):
        code = reading(r) * 100 + reading(f) * 10 + reading(m)
        score = weighted_score(definition.weights, r, f, m)
        segment = fifths[score] if fifths else definition.map.cells.get(code, "")
        cells.append(Cell(r, f, m, code, score, segment if definition.names_segments else ""))
    return cells


def _fifths(
    definition: Definition, customers: dict[tuple[int, int, int], int]
) -> dict[Decimal, str]:
    counts: dict[Decimal, int] = {}
    for (r, f, m), count in customers.items():
        score = weighted_score(definition.weights, r, f, m)
        counts[score] = counts.get(score, 0) + count
    limits = cuts_of_counts(sorted(counts.items()), steps=5)
    steps = range(1, definition.method.steps + 1)
    every = {
        weighted_score(definition.weights, r, f, m) for r, f, m in product(steps, steps, steps)
    }
    return {
        score: FIFTHS[1 + sum(limit is not None and score > limit for limit in limits)][0]
        for score in every
    }


def cell_of(cuts: Cuts, *, as_of: date, source: str) -> sql.Composed:
    """Return SQL for 100·R + 10·F + M of the row `source` (last_on or last_order_on, frequency,
    monetary).
    """
    last_on = sql.Identifier(source, "last_order_on" if source == "s" else "last_on")
    frequency, money = sql.Identifier(source, "frequency"), sql.Identifier(source, "monetary")
    days = [None if limit is None else as_of - timedelta(days=limit) for limit in cuts.recency]
    m = _score(money, cuts.money)
    if cuts.money_within is not None:
        first = sql.Literal(as_of - timedelta(days=cuts.money_within))
        m = sql.SQL("(CASE WHEN {} >= {} THEN {} ELSE 1 END)").format(last_on, first, m)
    return sql.SQL("({} * 100 + {} * 10 + {})").format(
        _score(last_on, days), _score(frequency, cuts.frequency), m
    )


def _score(value: sql.Composable, limits: Any) -> sql.Composed:
    steps = [
        sql.SQL(" + ({} >= {})::integer").format(value, sql.Literal(limit))
        for limit in limits
        if limit is not None
    ]
    return sql.SQL("(1{})").format(sql.Composed(steps))


def grid_values(grid: list[Cell]) -> sql.Composed:
    """Return the grid as a relation `grid (cell, r, f, m, code, score, segment)`."""
    rows = sql.SQL(", ").join(
        sql.SQL("({}, {}, {}, {}, {}, {}::numeric(7, 4), {})").format(
            *map(
                sql.Literal,
                (c.r * 100 + c.f * 10 + c.m, c.r, c.f, c.m, c.code, c.score, c.segment),
            )
        )
        for c in grid
    )
    return sql.SQL("(VALUES {}) AS grid (cell, r, f, m, code, score, segment)").format(rows)
