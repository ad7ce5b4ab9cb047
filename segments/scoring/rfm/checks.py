"""What Strata verifies itself before it tells a merchant to look: dates, amounts, ids."""

from dataclasses import dataclass
from datetime import date

from tenants.schema import connection

# One pass over the days and the narrow numbers; nothing here reads orders one by one.
_SPAN = "SELECT min(placed_on), max(placed_on) FROM commerce_order WHERE placed_on <= %s"
_AMOUNTS = """
SELECT count(*), count(*) FILTER (WHERE spent = 0), count(*) FILTER (WHERE spent < 0)
FROM commerce_customermetrics WHERE in_base AND orders_count > 0
"""
_FUTURE = "SELECT EXISTS (SELECT FROM commerce_order WHERE placed_on > %s)"
_DUPLICATES = "SELECT count(*) FROM commerce_duplicateproposal WHERE state = 'open'"


@dataclass(frozen=True)
class Remedy:
    """Something to try or to verify. `checked` is what Strata found when it looked itself."""

    text: str
    checked: str = ""
    is_fine: bool | None = None  # None: only the merchant can tell


@dataclass(frozen=True)
class Checked:
    """The checks the hints refer to."""

    history_days: int | None
    date_range: Remedy
    amounts: Remedy
    recency: Remedy
    unique_ids: Remedy


def check_facts(*, as_of: date) -> Checked:
    """Look at the span of the orders, at spend of nothing, at future orders and at duplicates."""
    first, last = _one(_SPAN, as_of)
    buyers, nothing, below = _one(_AMOUNTS)
    (has_future,) = _one(_FUTURE, as_of)
    (duplicates,) = _one(_DUPLICATES)
    history = (last - first).days if first else None
    return Checked(
        history_days=history,
        date_range=Remedy(
            "Make sure that all your orders are here.",
            f"Orders run from {first} to {last}." if first else "There are no orders.",
            history is not None and history >= 365,
        ),
        amounts=Remedy(
            "Make sure that the amounts are right.",
            f"Of {buyers:,} buyers {nothing:,} have spent nothing, {below:,} less than nothing.",
            (nothing + below) * 20 <= buyers,
        ),
        recency=Remedy(
            "Make sure that the days of the last orders are right.",
            "There are orders dated in the future." if has_future else "No order is in the future.",
            not has_future,
        ),
        unique_ids=Remedy(
            "Make sure that each customer has one id.",
            f"{duplicates:,} likely duplicates wait for a decision.",
            duplicates == 0,
        ),
    )


def _one(query: str, *values: object) -> tuple:  # type: ignore[type-arg]
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        row: tuple = cursor.fetchone()  # type: ignore[type-arg]
        return row
