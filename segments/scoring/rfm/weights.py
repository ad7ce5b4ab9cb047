"""Which weights would have foretold spend: the score of 90 days ago against the spend since."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from math import sqrt

from django.db import transaction
from psycopg import sql

from segments.scoring.rfm.definition import Definition, Weights
from segments.scoring.rfm.grid import cell_of, weighted_score
from segments.scoring.rfm.numbers import numbers_query
from segments.scoring.rfm.scored import FRESH, read_cuts, read_fresh, take_memory
from segments.scoring.rfm.wording import weight_presets
from tenants.schema import connection

DAYS = 90
FEWEST = 100  # customers: below, the order is mostly chance
STEPS = [Decimal(step) / 2 for step in range(5)]  # 0 … 2: what the sliders can show

# Middle ranks, doubled to stay whole: equal spends share the middle of the places they take.
_CELLS = sql.SQL("""
WITH since AS ({since}), ranked AS (
    SELECT {cell} AS cell, 2 * rank() OVER w + count(*) OVER (PARTITION BY coalesce(s.monetary, 0))
        - 1 AS place
    FROM rfm_fresh n LEFT JOIN since s USING (customer_id)
    WINDOW w AS (ORDER BY coalesce(s.monetary, 0))
)
SELECT cell, count(*), sum(place), sum(place::numeric * place) FROM ranked GROUP BY cell
""")


@dataclass(frozen=True)
class Suggestion:
    """Weights and how well they ordered customers: Spearman's rank correlation, −1 to 1."""

    key: str
    label: str
    weights: Weights
    correlation: float


@dataclass(frozen=True)
class Past:
    """Customers of a cell 90 days ago and the ranks of what they have spent since, doubled."""

    scores: tuple[int, int, int]
    customers: int
    places: int


def suggest_weights(definition: Definition, *, as_of: date) -> list[Suggestion]:
    """Return the presets and the best-fitting weights, best first; none where it would be chance.

    The cells of R, F, M hold all that matters, so any weights are judged on at most 125 rows.
    """
    cells, squares = _read(definition, as_of=as_of)
    if sum(cell.customers for cell in cells) < FEWEST:
        return []
    found = [
        _judge(key, entry["label"], tuple(map(Decimal, entry["weights"])), cells, squares)
        for key, entry in weight_presets().items()
    ]
    tried = (weights for weights in product(STEPS, repeat=3) if sum(weights) > 0)
    fitted = max(
        (_judge("fitted", "Fitted to your store", weights, cells, squares) for weights in tried),
        # Of equally good ones the most even, then the smallest.
        key=lambda s: (round(s.correlation, 6), -max(s.weights) + min(s.weights), -sum(s.weights)),
    )
    return sorted([*found, fitted], key=lambda suggestion: -suggestion.correlation)


def _read(definition: Definition, *, as_of: date) -> tuple[list[Past], int]:
    then = as_of - timedelta(days=DAYS)
    spend = replace(
        definition,
        parameters={},
        money_days=DAYS - 1,
        exclude_first_days=0,
        minimum_orders=0,
        minimum_spend=Decimal(0),
    )
    with transaction.atomic(), connection.cursor() as cursor:
        take_memory(cursor)
        read_fresh(cursor, definition, as_of=then, is_full=True)
        cuts = read_cuts(cursor, definition, population=FRESH, as_of=then)
        cell = cell_of(cuts, as_of=then, source="n")
        cursor.execute(_CELLS.format(since=numbers_query(spend, as_of=as_of), cell=cell))
        rows = cursor.fetchall()
    cells = [
        Past((cell // 100, cell // 10 % 10, cell % 10), customers, int(places))
        for cell, customers, places, _ in rows
    ]
    return cells, sum(int(square) for *_, square in rows)


def _judge(
    key: str, label: str, weights: Sequence[Decimal], cells: Sequence[Past], squares: int
) -> Suggestion:
    chosen = (weights[0], weights[1], weights[2])
    return Suggestion(key, label, chosen, rank_correlation(chosen, cells, squares=squares))


def rank_correlation(weights: Weights, cells: Sequence[Past], *, squares: int) -> float:
    """Return Spearman's correlation of the weighted score and the spend, ties at middle ranks.

    `squares` is the sum of the squared doubled ranks of spend. No variation gives 0.
    """
    groups: dict[Decimal, list[int]] = {}
    for cell in cells:
        group = groups.setdefault(weighted_score(weights, *cell.scores), [0, 0])
        group[0] += cell.customers
        group[1] += cell.places
    n = sum(customers for customers, _ in groups.values())
    below = across = own_squares = 0
    for _, (customers, places) in sorted(groups.items()):
        place = 2 * below + customers + 1  # the doubled middle rank of everyone in the group
        across += place * places
        own_squares += place * place * customers
        below += customers
    mean = n * (n + 1) ** 2  # n · mean², of doubled ranks
    spread = sqrt(max(own_squares - mean, 0)) * sqrt(max(squares - mean, 0))
    return (across - mean) / spread if spread else 0.0
