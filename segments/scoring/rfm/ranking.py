"""The rank rule: scores by how many customers are strictly worse, in integers, blind to row order.

score = min(k, 1 + k · worse ÷ (n − 1)), and 1 when n = 1. So a customer has at least score s when
worse ≥ t, t = ⌈(s − 1)(n − 1) ÷ k⌉: when their value is above the t-th smallest of all. That value
is the cut.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from segments.scoring.rfm.cuts import Cuts
from segments.scoring.rfm.definition import Definition

Value = TypeVar("Value")
CENT = Decimal("0.01")


def positions(n: int, *, steps: int) -> list[int]:
    """Return, for the scores 2 … steps, which of n values in ascending order (from 1) has to be
    exceeded.
    """
    if n < 2:
        return []
    return [-((score - 1) * (1 - n) // steps) for score in range(2, steps + 1)]


def cuts_of_counts(counts: Iterable[tuple[Value, int]], *, steps: int) -> list[Value | None]:
    """Return the values to be exceeded for the scores 2 … steps; `counts` ascend by value."""
    counts = list(counts)
    wanted = positions(sum(count for _, count in counts), steps=steps)
    limits: list[Value | None] = [None] * (steps - 1) if not wanted else []
    seen = 0
    for value, count in counts:
        seen += count
        while len(limits) < len(wanted) and wanted[len(limits)] <= seen:
            limits.append(value)
    return limits


def rank_cuts(
    cursor: CursorWrapper, definition: Definition, *, population: sql.Composable, as_of: date
) -> Cuts:
    """Return the cuts of a ranking method over `population` (last_on, frequency, monetary)."""
    steps = definition.method.ranks
    ranked = _ranked(definition.frequency_days, as_of)
    cursor.execute(
        sql.SQL(
            "SELECT last_on, frequency, count(*) FROM {} AS everyone WHERE {}"
            " GROUP BY GROUPING SETS ((last_on), (frequency))"
        ).format(population, ranked)
    )
    rows = cursor.fetchall()
    days = sorted((last_on, count) for last_on, _, count in rows if last_on is not None)
    orders = sorted((times, count) for last_on, times, count in rows if last_on is None)
    money = _money_limits(cursor, definition, population=population, as_of=as_of)
    return Cuts(
        recency=tuple(
            None if limit is None else (as_of - limit).days - 1
            for limit in cuts_of_counts(days, steps=steps)
        ),
        frequency=tuple(
            None if limit is None else limit + 1 for limit in cuts_of_counts(orders, steps=steps)
        ),
        money=tuple(None if limit is None else limit + CENT for limit in money),
        money_within=definition.money_days,
    )


def _money_limits(
    cursor: CursorWrapper, definition: Definition, *, population: sql.Composable, as_of: date
) -> Sequence[Decimal | None]:
    """Return the money to be exceeded. Sorted as whole cents: half the time of sorting decimals."""
    steps = definition.method.ranks
    ranked = _ranked(definition.money_days, as_of)
    cursor.execute(
        sql.SQL("SELECT count(*) FROM {} AS everyone WHERE {}").format(population, ranked)
    )
    n = cursor.fetchone()[0]
    # The t-th of n values is the one at any fraction in ((t − 1)/n, t/n]; its middle is safe from
    # rounding.
    fractions = [(place - 0.5) / n for place in positions(n, steps=steps)]
    if not fractions:
        return [None] * (steps - 1)
    cursor.execute(
        sql.SQL(
            "SELECT percentile_disc({}::float8[]) WITHIN GROUP (ORDER BY (monetary * 100)::bigint)"
            " FROM {} AS everyone WHERE {}"
        ).format(sql.Literal(fractions), population, ranked)
    )
    return [Decimal(cents) * CENT for cents in cursor.fetchone()[0]]


def _ranked(days: int | None, as_of: date) -> sql.Composable:
    """Return the condition "has an order in the period": the last order says it."""
    if days is None:
        return sql.SQL("TRUE")
    return sql.SQL("last_on >= {}").format(sql.Literal(as_of - timedelta(days=days)))
