"""What a run found, counted once and kept with it, so that no page counts a million rows."""

from decimal import Decimal
from typing import Any

from django.db.backends.utils import CursorWrapper

from segments.models import ScoreRun

# orders: the frequency of everyone together; days: the sum of their recencies.
_CELLS = """
SELECT r, f, m, segment, count(*), sum(monetary), sum(frequency), sum(%s - last_order_on)
FROM segments_rfmscore GROUP BY r, f, m, segment ORDER BY r, f, m, segment
"""


def tally(cursor: CursorWrapper, run: ScoreRun) -> None:
    """Set `cells`, `distribution` and `customers_scored` of `run` from the scores as they stand."""
    cursor.execute(_CELLS, [run.as_of])
    run.cells = [
        [r, f, m, segment, customers, str(revenue), int(orders), int(days)]
        for r, f, m, segment, customers, revenue, orders, days in cursor.fetchall()
    ]
    run.distribution = distribution_of(run.cells)
    run.customers_scored = sum(cell[4] for cell in run.cells)


def distribution_of(cells: list[list[Any]]) -> dict[str, dict[str, Any]]:
    """Return key → customers, revenue, orders, days; money as text, for it is exact."""
    found: dict[str, dict[str, Any]] = {}
    for _, _, _, segment, customers, revenue, orders, days in cells:
        entry = found.setdefault(
            segment, {"customers": 0, "revenue": Decimal(0), "orders": 0, "days": 0}
        )
        entry["customers"] += customers
        entry["revenue"] += Decimal(revenue)
        entry["orders"] += orders
        entry["days"] += days
    return {key: entry | {"revenue": str(entry["revenue"])} for key, entry in found.items()}
