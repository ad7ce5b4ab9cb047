"""Sharing out a success team's hours by what each segment is worth (source 001, use case 3)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from segments.scoring.rfm.report import read_report
from segments.scoring.rfm.run import latest_run

WEEK = Decimal(40)
MOST = Decimal(10_000)
TENTH, CENT = Decimal("0.1"), Decimal("0.01")


@dataclass(frozen=True)
class Share:
    """A segment's customers, value, and hours a week."""

    key: str
    label: str
    customers: int
    value: Decimal
    average: Decimal
    hours: Decimal


def share_hours(week: Decimal = WEEK) -> list[Share]:
    """Return each segment's hours: its value ÷ all value × the week's, to one decimal, most first.

    Value below zero (refunds outweigh) has no claim on hours.
    """
    run = latest_run()
    if run is None:
        return []
    rows = [row for row in read_report(run).rows if row.customers]
    whole = sum((max(row.revenue, Decimal(0)) for row in rows), Decimal(0))
    shares = [
        Share(
            key=row.key,
            label=row.label,
            customers=row.customers,
            value=row.revenue.quantize(CENT, ROUND_HALF_UP),
            average=(row.revenue / row.customers).quantize(CENT, ROUND_HALF_UP),
            hours=(max(row.revenue, Decimal(0)) / whole * week).quantize(TENTH, ROUND_HALF_UP)
            if whole
            else Decimal("0.0"),
        )
        for row in rows
    ]
    return sorted(shares, key=lambda share: (-share.value, share.key))


def read_week(text: str) -> Decimal:
    """Return the hours in a box; raise ValueError in words."""
    try:
        week = Decimal(text.strip() or str(WEEK))
    except ArithmeticError:
        raise ValueError("Enter the hours of a week, for example 40.") from None
    if not week.is_finite() or not 0 < week <= MOST:
        raise ValueError(f"Enter a number of hours above 0 and up to {MOST:,}.")
    return week
