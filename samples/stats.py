"""Samples by type over time: sent, fulfilled, how soon, with a post, waiting too long."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Avg,
    Count,
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
)
from django.db.models.functions import Trunc

from samples.models import FollowUpSettings, Post, SampleOrder

Kind, State = SampleOrder.Kind, SampleOrder.State
SPANS = {"week": "Weeks", "month": "Months"}
LONGEST = 60  # periods at once


@dataclass(frozen=True)
class Row:
    """One type in one period (by the day the order was placed); what was cancelled is left out."""

    start: date
    kind: str
    sent: int = 0  # sample orders placed
    fulfilled: int = 0
    days: float | None = None  # from placing to sending, of those whose day is known
    dated: int = 0
    posted: int = 0  # of those fulfilled
    late: int = 0  # not sent yet, and waiting too long

    @property
    def posted_rate(self) -> float | None:
        """Share of the fulfilled samples that a post is about, in percent; None without any."""
        return 100 * self.posted / self.fulfilled if self.fulfilled else None

    @property
    def label(self) -> str:
        """The type in words."""
        return Kind(self.kind).label


@dataclass(frozen=True)
class Stats:
    """The periods from the earliest to the latest, each with both types, as of a local day."""

    as_of: date
    span: str
    rows: list[Row]
    late_days: int
    totals: dict[str, Row] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether no sample was placed in any of the periods."""
        return not any(row.sent for row in self.rows)


def stats(*, on: date, span: str = "month", periods: int = 12) -> Stats:
    """Return the figures of the last `periods` weeks (from Monday) or months up to `on`."""
    starts = list(_starts(on, span=span, periods=min(periods, LONGEST)))
    late_days = FollowUpSettings.current().pending_after_days
    limit = on - timedelta(days=late_days)
    found = _counted(starts[0], on, limit=limit, start=Trunc("placed_on", span, DateField()))
    totals = _counted(starts[0], on, limit=limit, start=None)
    rows = [found.get((start, kind), Row(start, kind)) for start in starts for kind in Kind.values]
    return Stats(
        as_of=on,
        span=span,
        rows=rows,
        late_days=late_days,
        totals={kind: totals.get((starts[0], kind), Row(starts[0], kind)) for kind in Kind.values},
    )


def _counted(first: date, last: date, *, limit: date, start: Any) -> dict[tuple[date, str], Row]:
    """Return rows by period and type; without `start` one of the whole time for each type."""
    rows = SampleOrder.objects.filter(placed_on__range=(first, last)).exclude(state=State.CANCELLED)
    is_sent = Q(state=State.FULFILLED)
    took = ExpressionWrapper(F("fulfilled_on") - F("placed_on"), output_field=DurationField())
    # A day told as before the order was placed is a mistake of the source.
    is_dated = is_sent & Q(fulfilled_on__gte=F("placed_on"))
    has_post = Exists(Post.objects.filter(order_id=OuterRef("pk")))
    grouped: Any = rows.values_list("kind")
    if start is not None:
        grouped = rows.annotate(start=start).values_list("start", "kind")
    figures = grouped.annotate(
        sent=Count("pk"),
        fulfilled=Count("pk", filter=is_sent),
        took=Avg(took, filter=is_dated),
        dated=Count("pk", filter=is_dated),
        posted=Count("pk", filter=is_sent & Q(has_post)),
        late=Count("pk", filter=Q(state=State.PENDING, placed_on__lt=limit)),
    )
    found = {}
    for row in figures.order_by():
        period, kind, *counts = row if start else (first, *row)
        found[period, kind] = Row(period, kind, *_in_days(counts))
    return found


def _in_days(counts: list[Any]) -> list[Any]:
    sent, fulfilled, took, *rest = counts
    return [sent, fulfilled, None if took is None else took / timedelta(days=1), *rest]


def _starts(on: date, *, span: str, periods: int) -> Iterator[date]:
    """Yield the first days of the last `periods` weeks or months, the earliest first."""
    if span == "week":
        monday = on - timedelta(days=on.weekday())
        yield from (monday - timedelta(weeks=back) for back in reversed(range(periods)))
        return
    for back in reversed(range(periods)):
        months = on.year * 12 + on.month - 1 - back
        yield date(months // 12, months % 12 + 1, 1)
