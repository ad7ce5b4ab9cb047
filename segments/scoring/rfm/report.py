"""What the last run found, read from the run alone: segments, heat map, levels."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError

from segments.models import ScoreRun
from segments.scoring.rfm.maps import KEYS, LABELS, find_map
from segments.scoring.rfm.wording import colour

CENT = Decimal("0.01")
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Row:
    """A segment as the last run left it. Shares are fractions; money is of the money period."""

    key: str
    label: str
    colour: str
    customers: int
    share: float
    revenue: Decimal
    revenue_share: float  # of the spend of all scored customers
    average_spend: Decimal
    average_orders: Decimal  # frequency: orders (or sessions) in the frequency period
    average_recency: Decimal  # days


@dataclass(frozen=True)
class HeatCell:
    """Customers with these R and F scores, whatever their M."""

    r: int
    f: int
    customers: int
    revenue: Decimal
    share: float


@dataclass(frozen=True)
class Report:
    """Everything the pages show of a run."""

    as_of: date
    customers: int
    revenue: Decimal
    rows: Sequence[Row]  # every segment of the map, the empty ones too, best first
    heat: Sequence[HeatCell]
    levels: dict[str, int]  # dimension → how many different scores there are
    largest_level: dict[str, float]  # dimension → share of the customers with the commonest score
    steps: int


def read_report(run: ScoreRun) -> Report:
    """Return what `run` found."""
    revenue = sum((Decimal(cell[5]) for cell in run.cells), Decimal(0))
    scores: dict[str, Counter[int]] = {}
    for place, name in enumerate(("recency", "frequency", "money")):
        scores[name] = Counter()
        for cell in run.cells:
            scores[name][cell[place]] += cell[4]
    return Report(
        as_of=run.as_of,
        customers=run.customers_scored,
        revenue=revenue,
        rows=_rows(run, revenue=revenue),
        heat=_heat(run),
        levels={name: len(found) for name, found in scores.items()},
        largest_level={
            name: max(found.values(), default=0) / (run.customers_scored or 1)
            for name, found in scores.items()
        },
        steps=4 if run.parameters["method"] == "quartiles" else 5,
    )


def _rows(run: ScoreRun, *, revenue: Decimal) -> list[Row]:
    labels = _labels(run)
    found = run.distribution
    keys = [key for key in KEYS if key in labels or key in found]
    if "" in found:
        keys.append("")
    return [
        _row(
            key,
            labels.get(key, LABELS.get(key, "Scored")),
            found.get(key, {"customers": 0, "revenue": "0", "orders": 0, "days": 0}),
            run=run,
            revenue=revenue,
        )
        for key in keys
    ]


def _row(
    key: str, label: str, entry: dict[str, str | int], *, run: ScoreRun, revenue: Decimal
) -> Row:
    customers, money = int(entry["customers"]), Decimal(entry["revenue"])
    return Row(
        key=key,
        label=label,
        colour=colour(key),
        customers=customers,
        share=customers / run.customers_scored if run.customers_scored else 0.0,
        revenue=money,
        revenue_share=float(money / revenue) if revenue else 0.0,
        average_spend=_mean(money, customers, CENT),
        average_orders=_mean(entry["orders"], customers, TENTH),
        average_recency=_mean(entry["days"], customers, TENTH),
    )


def _mean(total: Decimal | str | int, count: int, places: Decimal) -> Decimal:
    return (Decimal(total) / count if count else Decimal(0)).quantize(places, ROUND_HALF_UP)


def _labels(run: ScoreRun) -> dict[str, str]:
    if not run.parameters["names_segments"]:
        return {}
    try:
        return find_map(run.parameters["map"]).labels
    except ValidationError:  # the merchant's own map was deleted since
        return LABELS


def _heat(run: ScoreRun) -> list[HeatCell]:
    customers: dict[tuple[int, int], int] = defaultdict(int)
    money: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for r, f, _, _, count, revenue, _, _ in run.cells:
        customers[r, f] += count
        money[r, f] += Decimal(revenue)
    total = run.customers_scored or 1
    return [
        HeatCell(r, f, count, money[r, f], count / total)
        for (r, f), count in sorted(customers.items())
    ]
