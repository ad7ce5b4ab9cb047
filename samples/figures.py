"""How many samples there are: for the cards, the tabs and the dashboard."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from samples import tallies
from samples.models import FollowUpSettings, SampleOrder

Kind, State = SampleOrder.Kind, SampleOrder.State


@dataclass(frozen=True)
class Figures:
    """Samples by type and state; costs are of the goods, where their unit cost is known."""

    total: int
    ugc: int
    tiktok: int
    pending: int
    cancelled: int
    cost: Decimal | None  # of samples that were not cancelled; None: no cost is known
    costed: int  # samples with a known cost, of those not cancelled


def figures() -> Figures:
    """Return the figures of all samples, from their tallies."""
    rows = tallies.by_type_and_state()
    kept = [row for row in rows if row["state"] != State.CANCELLED]
    costed = sum(row["costed"] for row in kept)
    return Figures(
        total=_count(rows),
        ugc=_count(rows, kind=Kind.UGC),
        tiktok=_count(rows, kind=Kind.TIKTOK),
        pending=_count(rows, state=State.PENDING),
        cancelled=_count(rows, state=State.CANCELLED),
        cost=sum((row["cost"] for row in kept), Decimal(0)) if costed else None,
        costed=costed,
    )


def _count(rows: list[dict[str, Any]], **asked: str) -> int:
    fitting = (row for row in rows if all(row[name] == asked[name] for name in asked))
    return sum(row["samples"] for row in fitting)


def waiting(*, on: date) -> int:
    """Return how many samples wait too long to be sent, on the local day `on`."""
    days = FollowUpSettings.current().pending_after_days
    return tallies.pending(before=on - timedelta(days=days))
