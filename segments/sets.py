"""Sets of segments with priorities: each customer belongs to the highest one they are in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Count, IntegerField, Max, Min, Q, QuerySet, Value, When
from django.urls import reverse

from segments.audience import population
from segments.models import Membership, Segment, SegmentSet, SetEntry
from segments.usages import SEGMENTS, Usage
from tenants import audit

FEWEST, MOST = 5, 8  # as many as people can act on
LIMIT = 20  # segments of a set: the overlaps of each with each are counted at once
LONGEST_USE = 200


@dataclass(frozen=True)
class Line:
    """A segment of a set: how many are in it, and how many of them in no higher one."""

    entry: SetEntry
    alone: int
    counted: int


@dataclass(frozen=True)
class Figures:
    """One look at a set; `shared` holds (place, later place) → customers in both."""

    lines: list[Line]
    shared: dict[tuple[int, int], int]
    covered: int
    base: int

    @property
    def uncovered(self) -> int:
        """How many customers are in none of the segments."""
        return self.base - self.covered


def entries_of(set_: SegmentSet) -> list[SetEntry]:
    """Return the entries, the highest first, in one query."""
    return list(set_.entries.select_related("segment").order_by("place", "pk"))


def members(segment: Segment, *, of: SegmentSet) -> "QuerySet[Membership, Any]":
    """Return a sub-query of the customers of `segment` who are in no higher one of the set."""
    entries = entries_of(of)
    place = next(n for n, entry in enumerate(entries) if entry.segment_id == segment.pk)
    higher = [entry.segment_id for entry in entries[:place]]
    taken = Membership.objects.filter(segment_id__in=higher).values("customer_id")
    mine = Membership.objects.filter(segment=segment).exclude(customer_id__in=taken)
    return mine.order_by().values("customer_id")


def figures(set_: SegmentSet) -> Figures:
    """Count a set: alone, after priority, every overlap, and who is in none. Two queries."""
    entries = entries_of(set_)
    places = range(len(entries))
    ids = [entry.segment_id for entry in entries]
    first = Case(
        *(When(segment_id=pk, then=Value(place)) for place, pk in enumerate(ids)),
        output_field=IntegerField(),
    )
    held = {
        f"in_{place}": Max(Case(When(segment_id=ids[place], then=Value(1)), default=Value(0)))
        for place in places
    }
    people = (
        Membership.objects.filter(segment_id__in=ids, customer__metrics__in_base=True)
        .order_by()
        .values("customer_id")
        .annotate(first=Min(first), **held)
    )
    counts = people.aggregate(covered=Count("customer_id"), **_counts(len(entries)))
    return Figures(
        lines=[Line(entries[n], counts[f"alone_{n}"], counts[f"counted_{n}"]) for n in places],
        shared={pair: counts["both_{}_{}".format(*pair)] for pair in combinations(places, 2)},
        covered=counts["covered"],
        base=population().count(),
    )


def _counts(number: int) -> dict[str, Count]:
    found: dict[str, Count] = {}
    for place in range(number):
        found[f"alone_{place}"] = Count("customer_id", filter=Q(**{f"in_{place}": 1}))
        found[f"counted_{place}"] = Count("customer_id", filter=Q(first=place))
    for one, other in combinations(range(number), 2):
        both = Q(**{f"in_{one}": 1, f"in_{other}": 1})
        found[f"both_{one}_{other}"] = Count("customer_id", filter=both)
    return found


def hints(entries: Sequence[SetEntry]) -> list[str]:
    """Return what makes a set hard to act on, whatever its customers."""
    said, number = [], len(entries)
    if number < FEWEST:
        said.append(f"{number} of {FEWEST} to {MOST} segments: a coarse set treats many alike.")
    elif number > MOST:
        said.append(
            f"{number} segments are more than most teams act on; {FEWEST} to {MOST} are enough."
        )
    idle = [entry.segment.name for entry in entries if not entry.use and not _is_told(entry)]
    if idle:
        names = ", ".join(f"“{name}”" for name in idle[:5])
        more = f" and {len(idle) - 5} more" if len(idle) > 5 else ""
        said.append(f"Nothing says what is done with {names}{more}. Write it beside them.")
    return said


def _is_told(entry: SetEntry) -> bool:
    """An RFM segment's page says what to do with it; the others have their description."""
    return entry.segment.kind == Segment.Kind.RFM or bool(entry.segment.description)


def overlaps(set_: SegmentSet, found: Figures) -> list[str]:
    """Return a warning for every two segments that should exclude one another and do not."""
    if not set_.is_exclusive:
        return []
    names = [line.entry.segment.name for line in found.lines]
    warnings = [
        f"“{names[one]}” and “{names[other]}” share {number:,}"
        f" customer{'' if number == 1 else 's'}: they count as “{names[one]}”."
        for (one, other), number in found.shared.items()
        if number
    ]
    return warnings + [
        f"Nobody is left for “{line.entry.segment.name}”: all of it is in higher segments."
        for line in found.lines
        if line.alone and not line.counted
    ]


@transaction.atomic
def save_set(
    set_: SegmentSet | None,
    *,
    name: str,
    description: str,
    is_exclusive: bool,
    entries: Sequence[tuple[int, str]],
    by: audit.Actor,
) -> SegmentSet:
    """Keep a set with its entries (segment id, use), the highest first. Raise ValidationError."""
    name, chosen = name.strip(), dict(entries)
    _check(set_, name=name, entries=entries)
    set_ = set_ or SegmentSet()
    set_.name, set_.description, set_.is_exclusive = name, description.strip(), is_exclusive
    set_.save()
    set_.entries.all().delete()
    SetEntry.objects.bulk_create(
        SetEntry(set=set_, segment_id=pk, place=place, use=use.strip())
        for place, (pk, use) in enumerate(chosen.items())
    )
    audit.record(by, "segment_set", set_, name=name, segments=list(chosen))
    return set_


def _check(set_: SegmentSet | None, *, name: str, entries: Sequence[tuple[int, str]]) -> None:
    if not name or len(name) > 120:
        raise ValidationError({"name": "Give the set a name of 1 to 120 characters."})
    same = SegmentSet.objects.filter(name__iexact=name)
    if (same.exclude(pk=set_.pk) if set_ else same).exists():
        raise ValidationError({"name": f"Another set is called “{name}”. Choose another name."})
    ids = [pk for pk, _ in entries]
    if not 2 <= len(ids) <= LIMIT:
        raise ValidationError({"entries": f"A set holds 2 to {LIMIT} segments."})
    if len(set(ids)) < len(ids):
        raise ValidationError({"entries": "A segment stands in a set once. Take the other out."})
    if Segment.objects.filter(pk__in=ids).count() < len(ids):
        raise ValidationError({"entries": "One of the segments is not there any more."})
    if any(len(use.strip()) > LONGEST_USE for _, use in entries):
        raise ValidationError({"entries": f"A use has {LONGEST_USE} characters at most."})


@transaction.atomic
def delete_set(set_: SegmentSet, *, by: audit.Actor) -> None:
    """Delete a set; its segments stay."""
    audit.record(by, "segment_set", set_, name=set_.name, deleted=True)
    set_.delete()


def _uses(segments: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    rows = SetEntry.objects.filter(segment_id__in=segments).select_related("set")
    for row in rows.order_by("set__name"):
        address = reverse("admin:segment_set", args=[row.set_id])
        found.setdefault(row.segment_id, []).append((row.set.name, address))
    return found


SEGMENTS.register(Usage("sets", "set of segments", _uses))
