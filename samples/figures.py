"""How many samples there are: for the cards, the tabs and the dashboard."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

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
    """Return the figures of all samples: one pass over the narrow rows."""
    groups = SampleOrder.objects.values_list("kind", "state").annotate(
        Count("pk"), Sum("cost"), Count("cost")
    )
    rows = list(groups.order_by())
    kept = [row for row in rows if row[1] != State.CANCELLED]
    costed = sum(row[4] for row in kept)
    return Figures(
        total=sum(row[2] for row in rows),
        ugc=sum(row[2] for row in rows if row[0] == Kind.UGC),
        tiktok=sum(row[2] for row in rows if row[0] == Kind.TIKTOK),
        pending=sum(row[2] for row in rows if row[1] == State.PENDING),
        cancelled=sum(row[2] for row in rows if row[1] == State.CANCELLED),
        cost=sum((row[3] for row in kept if row[3] is not None), Decimal(0)) if costed else None,
        costed=costed,
    )


def waiting(*, on: date) -> QuerySet[SampleOrder]:
    """Return the samples that wait too long to be sent, on the local day `on`."""
    days = FollowUpSettings.current().pending_after_days
    return SampleOrder.objects.filter(state=State.PENDING, placed_on__lt=on - timedelta(days=days))
