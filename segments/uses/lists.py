"""Lists of customers to work down: whose money is at risk, whom to win back first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum, Value

from commerce.models import Customer
from segments.catalogue.columns import DaysBetween, Ratio
from segments.models import RfmScore
from segments.scoring.rfm.maps import LABELS
from segments.scoring.rfm.run import latest_run
from segments.services import own_ids

# Source 001, use cases 2 and 5.
CHURNING = ("at_risk", "cant_lose", "about_to_sleep")
WINNABLE = (*CHURNING, "hibernating")
CENT = Decimal("0.01")
BATCH = 1_000  # rows read at a time


@dataclass(frozen=True)
class Row:
    """One customer of a list, as of the run of RFM."""

    customer: Customer
    own_id: str
    segment: str
    label: str
    value: Decimal
    recency: int
    priority: Decimal | None = None


@dataclass(frozen=True)
class Total:
    """How many customers a list holds and what they are worth."""

    customers: int
    value: Decimal


def scored(segments: tuple[str, ...]) -> "QuerySet[RfmScore]":
    """Return the scored customers of some RFM segments, by value."""
    rows = RfmScore.objects.filter(segment__in=segments, customer__metrics__in_base=True)
    return rows.order_by("-monetary", "customer_id")


def by_priority() -> "QuerySet[RfmScore]":
    """Return whom to win back, most worth it first: the rule field winback_priority.

    value ÷ (recency ÷ 30 + 1), value being all that was ever spent: the money of a period is
    nothing for who left before it.
    """
    run = latest_run()
    day = run.as_of if run is not None else date.min
    days = DaysBetween(Value(day), F("customer__metrics__last_order_on"))
    priority = Ratio(F("customer__metrics__spent"), days + Value(30), times=30)
    rows = RfmScore.objects.filter(segment__in=WINNABLE, customer__metrics__in_base=True)
    return rows.annotate(priority=priority).order_by(
        F("priority").desc(nulls_last=True), "customer_id"
    )


def total_of(segments: tuple[str, ...]) -> Total:
    """Return customers and value of some segments."""
    found = scored(segments).aggregate(value=Sum("monetary"))
    return Total(scored(segments).count(), (found["value"] or Decimal(0)).quantize(CENT))


def read(rows: "QuerySet[RfmScore]", *, first: int, count: int) -> list[Row]:
    """Return a stretch of a list with names and the store's own ids."""
    run = latest_run()
    if run is None:
        return []
    found = list(rows.select_related("customer__metrics")[first : first + count])
    ids = own_ids([row.customer_id for row in found])
    return [_row(row, ids.get(row.customer_id, ""), run.as_of) for row in found]


def _row(row: Any, own_id: str, day: date) -> Row:
    is_priority = hasattr(row, "priority")
    metrics = row.customer.metrics
    value = metrics.spent if is_priority else row.monetary
    last_on = metrics.last_order_on if is_priority else row.last_order_on
    return Row(
        customer=row.customer,
        own_id=own_id,
        segment=row.segment,
        label=LABELS.get(row.segment, row.segment),
        value=value.quantize(CENT, ROUND_HALF_UP),
        recency=(day - last_on).days if last_on else 0,
        priority=row.priority if is_priority else None,
    )


def every_row(rows: "QuerySet[RfmScore]") -> Iterator[Row]:
    """Return the whole list, some at a time."""
    first = 0
    while found := read(rows, first=first, count=BATCH):
        yield from found
        first += BATCH
