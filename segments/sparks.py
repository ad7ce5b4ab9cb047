"""How each segment's size went over the last 30 days, read from the ledger in one query."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Case, Sum, Value, When
from django.db.models.functions import TruncDate

from segments.models import MembershipChange, Segment
from tenants.schema import connection

DAYS = 30
WIDTH, HEIGHT, EDGE = 96, 24, 2


@dataclass(frozen=True)
class Spark:
    """A small line: its points for an SVG of WIDTH × HEIGHT, and its two ends."""

    points: str
    first: int
    last: int

    @property
    def words(self) -> str:
        """The line for whoever does not see it."""
        return f"{self.first:,} members 30 days ago, {self.last:,} now"


def sparks(segments: Sequence[Segment], *, today: date) -> dict[int, Spark]:
    """Return segment → its line, sizes at the end of each local day, rewound from today's."""
    zone = connection.tenant.zone
    start = datetime.combine(today - timedelta(days=DAYS - 1), time.min, zone)
    one = Case(When(entered=True, then=Value(1)), default=Value(-1))
    rows = (
        MembershipChange.objects.filter(segment__in=[s.pk for s in segments], at__gte=start)
        .annotate(day=TruncDate("at", tzinfo=zone))
        .order_by()
        .values_list("segment_id", "day")
        .annotate(net=Sum(one))
    )
    nets: dict[int, dict[date, int]] = defaultdict(dict)
    for segment, day, net in rows:
        nets[segment][day] = net
    return {row.pk: _spark(row.members_count, nets[row.pk], today) for row in segments}


def _spark(size: int, nets: dict[date, int], today: date) -> Spark:
    sizes = [size]
    for back in range(DAYS):
        sizes.append(sizes[-1] - nets.get(today - timedelta(days=back), 0))
    sizes.reverse()
    return Spark(_points(sizes), sizes[0], sizes[-1])


def _points(sizes: list[int]) -> str:
    low, high = min(sizes), max(sizes)
    step = WIDTH / (len(sizes) - 1)
    room = HEIGHT - 2 * EDGE

    def height(size: int) -> float:
        return HEIGHT / 2 if low == high else HEIGHT - EDGE - room * (size - low) / (high - low)

    return " ".join(f"{place * step:.1f},{height(size):.1f}" for place, size in enumerate(sizes))
