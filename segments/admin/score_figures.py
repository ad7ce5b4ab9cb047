"""What the pages of a score show: its distribution, who moved, its last runs."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from segments.models import ScoreRun, Segment
from segments.scores import SCORES, ScoreModel
from segments.scoring.beside.run import latest_run

RUNS_SHOWN = 10
MOVES_SHOWN = 12


@dataclass(frozen=True)
class Line:
    """One band or stage: its customers, their spend, and by how many it grew in 30 days."""

    key: str
    label: str
    customers: int
    percent: float
    revenue: Decimal
    net: int | None
    segment_id: int | None = None

    @property
    def fewer(self) -> int:
        """By how many customers it shrank."""
        return -(self.net or 0)


def lines_of(model: ScoreModel, run: ScoreRun | None) -> list[Line]:
    """Return every band or stage of a run, the best first."""
    if run is None:
        return []
    kept = ScoreRun.objects.filter(model=model.key, month_moves__isnull=False).order_by("-id")
    moves = kept.values_list("month_moves", flat=True).first()
    segments = {}
    if model.unit == "stage":
        rows = Segment.objects.filter(kind=Segment.Kind.LIFECYCLE)
        segments = dict(rows.values_list("key", "pk"))
    total = run.customers_scored or 1
    return [
        Line(
            key=key,
            label=label,
            customers=entry["customers"],
            percent=100 * entry["customers"] / total,
            revenue=Decimal(entry["revenue"]),
            net=None if moves is None else _net(key, moves),
            segment_id=segments.get(key),
        )
        for key, label in model.choices()
        for entry in [run.distribution.get(key, {"customers": 0, "revenue": "0"})]
    ]


def _net(key: str, moves: list[list[Any]]) -> int:
    came = sum(customers for _, to, customers in moves if to == key)
    return came - sum(customers for start, _, customers in moves if start == key)


def movement(model: ScoreModel, run: ScoreRun | None) -> list[dict[str, Any]]:
    """Return who went from where to where in the 30 days up to the last night, most first."""
    kept = ScoreRun.objects.filter(model=model.key, month_moves__isnull=False).order_by("-id")
    moves = kept.values_list("month_moves", flat=True).first() or []
    return [
        {
            "from_key": start,
            "from": label_of(model, start),
            "to_key": to,
            "to": label_of(model, to),
            "customers": customers,
        }
        for start, to, customers in moves[:MOVES_SHOWN]
    ]


def label_of(model: ScoreModel, key: str) -> str:
    """Return the label of a band or stage, one that is gone included."""
    if not key:
        return "No score"
    return dict(model.choices()).get(key, key.replace("_", " ").capitalize())


def runs_of(key: str) -> list[ScoreRun]:
    """Return the last runs of a model, newest first, failed ones too."""
    rows = ScoreRun.objects.filter(model=key).defer("cells", "moves", "month_moves", "parameters")
    return list(rows.order_by("-id")[:RUNS_SHOWN])


def standing_run(key: str) -> ScoreRun | None:
    """Return the run whose scores stand, or None while the score is off or never ran."""
    run = latest_run(key)
    return run if run is not None and run.parameters.get("is_on") else None


def tabs() -> list[tuple[str, str]]:
    """Return the scores' pages, in their order."""
    return [(f"score_{model.key}", model.label) for model in sorted(SCORES, key=lambda m: m.order)]
