"""Who moved between segments: since the last run, or between two days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from segments.models import ScoreRun
from segments.scoring.rfm.maps import KEYS
from segments.scoring.rfm.run import MODEL, latest_run
from tenants.schema import connection

# A customer who moved twice between the days counts once: from where they started to where they
# are.
_NET = """
WITH ends AS (
    SELECT DISTINCT customer_id,
        first_value(from_key) OVER in_turn AS from_key,
        last_value(to_key) OVER in_turn AS to_key
    FROM segments_scorechange
    WHERE model = %(model)s AND customer_id IS NOT NULL AND {where}
    WINDOW in_turn AS (PARTITION BY customer_id ORDER BY "on", id
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
)
SELECT from_key, to_key, count(*), coalesce(sum(s.monetary), 0)
FROM ends LEFT JOIN segments_rfmscore s USING (customer_id)
WHERE from_key <> to_key GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""
_BETWEEN = _NET.format(where='"on" > %(after)s AND "on" <= %(until)s')
_OF_RUN = _NET.format(where='"on" = %(on)s AND run_id = %(run)s')
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Move:
    """Customers who went from one segment to another; an empty key is "not scored"."""

    from_key: str
    to_key: str
    customers: int
    revenue: Decimal  # what they have spent in the money period as it stands now

    @property
    def direction(self) -> str:
        """rose, fell, came (scored for the first time) or went (no longer scored)."""
        if not self.from_key:
            return "came"
        if not self.to_key:
            return "went"
        return "rose" if _rank(self.to_key) < _rank(self.from_key) else "fell"


@dataclass(frozen=True)
class Movement:
    """Everything that moved in a stretch of time."""

    after: date | None
    until: date
    moves: Sequence[Move]

    def total(self, direction: str) -> tuple[int, Decimal]:
        """Return customers and money of one direction."""
        chosen = [move for move in self.moves if move.direction == direction]
        return (
            sum(move.customers for move in chosen),
            sum((move.revenue for move in chosen), Decimal(0)),
        )

    def net(self, key: str) -> int:
        """Return by how many customers a segment grew."""
        came = sum(move.customers for move in self.moves if move.to_key == key)
        return came - sum(move.customers for move in self.moves if move.from_key == key)


# From best to worst, for "rose" and "fell": what the segment promises for the next months.
_ORDER = {
    key: place
    for place, key in enumerate(
        ("champions", "loyal", "potential", "promising", "new", "need_attention",
         "about_to_sleep", "at_risk", "cant_lose", "hibernating", "lost")
    )
}  # fmt: skip


def _rank(key: str) -> int:
    return _ORDER.get(key, len(KEYS))


def movement_between(after: date, until: date) -> Movement:
    """Return who moved after one day and up to another."""
    return Movement(after, until, _between(after, until))


def _between(after: date, until: date) -> list[Move]:
    return _read(_BETWEEN, {"model": MODEL, "after": after, "until": until})


def keep_moves(run: ScoreRun) -> None:
    """Keep with `run` who moved in it; the 30 days stay those of the run before."""
    found = _read(_OF_RUN, {"model": MODEL, "run": run.pk, "on": run.as_of})
    run.moves = _as_json(found)
    run.save(update_fields=["moves"])


def keep_month(run: ScoreRun) -> None:
    """Keep with `run` who moved in the 30 days up to it.

    Seconds where a million customers moved: for the background, so that no page adds it up.
    """
    run.month_moves = _as_json(_between(run.as_of - MONTH, run.as_of))
    run.save(update_fields=["month_moves"])


def movement_of_month() -> Movement | None:
    """Return who moved in 30 days, as last added up, or None before the first time."""
    kept = ScoreRun.objects.filter(model=MODEL, month_moves__isnull=False).order_by("-id").first()
    if kept is None:
        return None
    return Movement(kept.as_of - MONTH, kept.as_of, _from_json(kept.month_moves or []))


def _as_json(moves: Sequence[Move]) -> list[list[Any]]:
    return [[move.from_key, move.to_key, move.customers, str(move.revenue)] for move in moves]


def _from_json(rows: list[list[Any]]) -> list[Move]:
    return [Move(one, other, customers, Decimal(money)) for one, other, customers, money in rows]


def movement_of_last_run() -> Movement | None:
    """Return who moved in the run whose scores stand, or None before the first."""
    run = latest_run()
    if run is None:
        return None
    return Movement(None, run.as_of, _from_json(run.moves))


def _read(query: str, values: dict[str, object]) -> list[Move]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [Move(*row) for row in cursor.fetchall()]
