"""A look over all segments: which nobody uses, which stand still, which are nearly the same."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from segments.membership_overlap import Pair, shared_members
from segments.models import HealthReport, MembershipChange, Segment
from segments.usages import used_in

QUARTER = timedelta(days=91)
NEW = timedelta(days=30)  # a segment this young may still be waiting for its first use
ALIKE = 0.95  # common members ÷ members of either
# At most this many pairs are compared, and this many members read: 1 s each at a million members.
MOST_PAIRS, MOST_MEMBERS = 200, 5_000_000
OWN = (Segment.Kind.RULES, Segment.Kind.MANUAL)
JOB = "segment_health"
# Kind of finding → what the page calls it, and what helps.
KINDS = {
    "attention": ("Needs attention", "Open it: its page says what is wrong. Until then its members"
                  " stay as they were."),
    "empty": ("Nobody in it", "Look at the count of each condition, or archive it."),
    "still": ("Stands still", "Nobody came or went for a quarter. Is it still of use to you?"),
    "unused": ("Not used anywhere", "No segment, set or setting reads it. Use it, or archive it."),
}  # fmt: skip


def look(*, at: datetime) -> dict[str, Any]:
    """Return what is found now, as JSON: segment ids by kind, and pairs that are alike."""
    rows = list(Segment.objects.exclude(state=Segment.State.ARCHIVED).order_by("pk"))
    own = [row for row in rows if row.kind in OWN]
    settled = [row for row in own if row.refreshed_at and row.state == Segment.State.ACTIVE]
    pairs, is_whole = _alike(rows)
    return {
        "attention": [row.pk for row in rows if row.state == Segment.State.NEEDS_ATTENTION],
        "empty": [row.pk for row in settled if not row.members_count],
        "still": _still(settled, since=at - QUARTER),
        "unused": _unused(own, before=at - NEW),
        "alike": pairs,
        "is_whole": is_whole,
    }


def keep_report(*, at: datetime) -> HealthReport:
    """Look, and keep what was found as the newest report."""
    found = look(at=at)
    count = Segment.objects.exclude(state=Segment.State.ARCHIVED).count()
    return HealthReport.objects.create(made_at=at, segments_count=count, findings=found)


def keep_if_due(*, at: datetime) -> HealthReport | None:
    """Keep a report once a quarter; the job asks every month, because no cadence is a quarter."""
    newest = HealthReport.objects.first()
    if newest is not None and at - newest.made_at < QUARTER - timedelta(days=5):
        return None
    return keep_report(at=at)


def newest_report() -> HealthReport:
    """Return the newest report, or an unsaved one of this moment before there is any."""
    found = HealthReport.objects.first()
    if found is not None:
        return found
    now = timezone.now()
    count = Segment.objects.exclude(state=Segment.State.ARCHIVED).count()
    return HealthReport(made_at=now, segments_count=count, findings=look(at=now))


def _still(rows: list[Segment], *, since: datetime) -> list[int]:
    """Return segments older than a quarter, with members, whom nobody entered or left since."""
    old = [row for row in rows if row.created_at < since and row.members_count]
    last = dict(
        MembershipChange.objects.filter(segment__in=old, at__gte=since)
        .order_by()
        .values_list("segment_id")
        .annotate(Max("at"))
    )
    return [row.pk for row in old if row.pk not in last]


def _unused(rows: list[Segment], *, before: datetime) -> list[int]:
    old = [row for row in rows if row.created_at < before]
    used = used_in([row.pk for row in old])
    return [row.pk for row in old if not used.get(row.pk)]


def _alike(rows: list[Segment]) -> tuple[list[dict[str, Any]], bool]:
    """Return pairs with nearly the same members, and whether all candidates were compared.

    Only segments of nearly the same size can be alike, so that neighbours by size are compared.
    """
    sizes = {row.pk: row.members_count for row in rows if row.members_count}
    own = {row.pk for row in rows if row.kind in OWN}
    candidates = list(_near(sizes, own))
    chosen = _affordable(candidates, sizes)
    shared = shared_members(chosen)
    found = []
    for one, other in chosen:
        common = shared.get((one, other), 0)
        share = common / (sizes[one] + sizes[other] - common)
        if share >= ALIKE:
            found.append({"one": one, "other": other, "share": round(share, 4)})
    return sorted(found, key=lambda pair: -pair["share"]), len(chosen) == len(candidates)


def _near(sizes: dict[int, int], own: set[int]) -> list[Pair]:
    ordered = sorted(sizes, key=lambda pk: (sizes[pk], pk))
    found = []
    for place, small in enumerate(ordered):
        for large in ordered[place + 1 :]:
            if sizes[small] < ALIKE * sizes[large]:
                break
            if small in own or large in own:  # two segments of a map never share anybody
                found.append((small, large))
    return found


def _affordable(pairs: list[Pair], sizes: dict[int, int]) -> list[Pair]:
    """Return as many pairs as may be compared, the smallest first."""
    chosen, members = [], 0
    for one, other in pairs[:MOST_PAIRS]:
        members += sizes[one]
        if members > MOST_MEMBERS:
            break
        chosen.append((one, other))
    return chosen
