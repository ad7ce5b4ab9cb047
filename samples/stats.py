"""Samples by type over time: sent, fulfilled, how soon, with a post, waiting too long."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, QuerySet

from samples import tallies
from samples.creators.posts import is_posted
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
    days = _by_day(starts[0], on, limit=on - timedelta(days=late_days))
    found: dict[tuple[date, str], Counter[str]] = defaultdict(Counter)
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for (day, kind), counts in days.items():
        found[starts[bisect_right(starts, day) - 1], kind].update(counts)
        totals[kind].update(counts)
    return Stats(
        as_of=on,
        span=span,
        rows=[_row(start, kind, found[start, kind]) for start in starts for kind in Kind.values],
        late_days=late_days,
        totals={kind: _row(starts[0], kind, totals[kind]) for kind in Kind.values},
    )


def _by_day(first: date, last: date, *, limit: date) -> dict[tuple[date, str], Counter[str]]:
    """Return counts by day and type: from the tallies, and of posts from the samples with one."""
    found: dict[tuple[date, str], Counter[str]] = defaultdict(Counter)
    for day, kind, state, sent, dated, took in tallies.by_day(first, last):
        counts = found[day, kind]
        counts["sent"] += sent
        if state == State.FULFILLED:
            counts["fulfilled"] += sent
            counts["dated"] += dated
            counts["days"] += took
        elif state == State.PENDING and day < limit:
            counts["late"] += sent
    rows = SampleOrder.objects.filter(placed_on__range=(first, last), state=State.FULFILLED)
    for posted in _posted(rows.order_by()):
        for day, kind, many in posted.values_list("placed_on", "kind").annotate(n=Count("pk")):
            found[day, kind]["posted"] += many
    return found


def _posted(samples: "QuerySet[SampleOrder]") -> "Iterator[QuerySet[SampleOrder]]":
    """Yield the samples that “To chase” takes for posted: only those with a creator ask each."""
    yield samples.filter(creator=None, pk__in=Post.objects.values("order_id"))
    yield samples.filter(creator__isnull=False).filter(is_posted())


def _row(start: date, kind: str, counts: Counter[str]) -> Row:
    dated = counts["dated"]
    return Row(
        start,
        kind,
        sent=counts["sent"],
        fulfilled=counts["fulfilled"],
        days=counts["days"] / dated if dated else None,
        dated=dated,
        posted=counts["posted"],
        late=counts["late"],
    )


def _starts(on: date, *, span: str, periods: int) -> Iterator[date]:
    """Yield the first days of the last `periods` weeks or months, the earliest first."""
    if span == "week":
        monday = on - timedelta(days=on.weekday())
        yield from (monday - timedelta(weeks=back) for back in reversed(range(periods)))
        return
    for back in reversed(range(periods)):
        months = on.year * 12 + on.month - 1 - back
        yield date(months // 12, months % 12 + 1, 1)
