"""Which segments grew and shrank in a week, and for what causes: one query over the ledger."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q

from segments.digest.week import Week
from segments.models import MembershipChange, Segment
from segments.models.membership import Cause

SHOWN = 5
# RFM segments have a part of the letter of their own.
KINDS = [kind for kind in Segment.Kind if kind != Segment.Kind.RFM]


@dataclass
class Why:
    """How many came and left for one cause."""

    cause: str
    entered: int
    left: int

    @property
    def words(self) -> str:
        """The cause in a merchant's words."""
        return str(Cause(self.cause).label) if self.cause in Cause else self.cause


@dataclass
class Moved:
    """A segment that moved: its size when the week was over, and why it is another one."""

    segment: Segment
    later: int = 0  # net of what moved since the week was over
    why: list[Why] = field(default_factory=list)

    @property
    def entered(self) -> int:
        return sum(one.entered for one in self.why)

    @property
    def left(self) -> int:
        return sum(one.left for one in self.why)

    @property
    def net(self) -> int:
        """By how many customers it grew; below zero, shrank."""
        return self.entered - self.left

    @property
    def fewer(self) -> int:
        return -self.net

    @property
    def size(self) -> int:
        """Members when the week was over."""
        return self.segment.members_count - self.later

    @property
    def percent(self) -> float | None:
        """Growth against the size before the week; None for one that was empty."""
        before = self.size - self.net
        return 100 * self.net / before if before > 0 else None


def moved_in(week: Week) -> tuple[list[Moved], list[Moved]]:
    """Return the segments that grew most and that shrank most, the largest move first."""
    found = {
        row.pk: Moved(row)
        for row in Segment.objects.filter(state=Segment.State.ACTIVE, kind__in=KINDS)
    }
    for pk, cause, entered, left, later_in, later_out in _ledger(list(found), week):
        moved = found[pk]
        moved.later += later_in - later_out
        if entered or left:
            moved.why.append(Why(cause, entered, left))
    for moved in found.values():
        moved.why.sort(key=lambda one: (-(one.entered + one.left), one.cause))
    rows = sorted(found.values(), key=lambda row: (-abs(row.net), row.segment.pk))
    grown, shrunk = ([r for r in rows if r.net > 0], [r for r in rows if r.net < 0])
    return grown[:SHOWN], shrunk[:SHOWN]


def _ledger(segments: list[int], week: Week) -> Any:
    start, end = week.moments
    inside, later = Q(at__lt=end), Q(at__gte=end)
    return (
        # Named segments, so that the index by segment and moment is walked.
        MembershipChange.objects.filter(segment__in=segments, at__gte=start)
        .order_by()
        .values_list("segment_id", "cause")
        .annotate(
            came=Count("pk", filter=inside & Q(entered=True)),
            gone=Count("pk", filter=inside & Q(entered=False)),
            came_later=Count("pk", filter=later & Q(entered=True)),
            gone_later=Count("pk", filter=later & Q(entered=False)),
        )
    )
