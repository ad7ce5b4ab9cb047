"""Where a segment is used, and its end: whoever names segments registers how to find them here."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse

from commerce import usages as of_attributes
from segments.models import Membership, MembershipChange, Segment
from tenants import audit
from tenants.registry import Registry

DELETABLE = (Segment.Kind.RULES, Segment.Kind.MANUAL)
NAMED = 5  # uses that a message names before it says how many more there are


@dataclass(frozen=True)
class Use:
    """One thing that would break without the segment: what kind of thing, its name, its page."""

    kind: str
    name: str
    address: str = ""


@dataclass(frozen=True)
class Usage:
    """One kind of user of segments.

    `find(ids)` returns, in one query, segment id → (name, address) of each use.
    """

    key: str
    label: str  # in the singular: segment, promo code, list
    find: Callable[[Collection[int]], Mapping[int, list[tuple[str, str]]]]


SEGMENTS: Registry[Usage] = Registry("segment usage")


class InUse(Exception):  # noqa: N818 - a state
    """Something still uses the segment; the message names it and says what to do."""

    def __init__(self, segment: Segment, uses: list[Use]) -> None:
        self.uses = uses
        super().__init__(
            f"“{segment.name}” is used by {named(uses)}. Take it out there first, then delete it."
        )


def used_in(segments: Collection[int]) -> dict[int, list[Use]]:
    """Return what uses each of these segments: one query per kind of user."""
    found: dict[int, list[Use]] = defaultdict(list)
    for usage in SEGMENTS:
        for pk, uses in usage.find(segments).items():
            found[pk] += [Use(usage.label, name, address) for name, address in uses]
    return dict(found)


def uses_of(segment: Segment) -> list[Use]:
    """Return everything that uses `segment`."""
    return used_in([segment.pk]).get(segment.pk, [])


def named(uses: list[Use]) -> str:
    """Say what uses are there, the first few by name."""
    words = [f"{use.kind} “{use.name}”" for use in uses[:NAMED]]
    more = [f"{len(uses) - NAMED:,} more"] if len(uses) > NAMED else []
    *first, last = [*words, *more]
    return f"{', '.join(first)} and {last}" if first else last


@transaction.atomic
def delete_segment(segment: Segment, *, by: audit.Actor) -> None:
    """Delete a segment with its versions, members and ledger.

    Raises InUse with the list of what uses it, ValueError for a kind that staff do not make.
    """
    if segment.kind not in DELETABLE:
        raise ValueError(f"{segment.get_kind_display()} segments come and go with their source.")
    segment = Segment.objects.select_for_update().get(pk=segment.pk)
    uses = uses_of(segment)
    if uses:
        raise InUse(segment, uses)
    facts = {"name": segment.name, "members": segment.members_count}
    audit.record(by, "delete_segment", segment, **facts)
    # In two statements: the ledger of a large segment is not fetched row by row.
    for rows in (Membership.objects, MembershipChange.objects):
        rows.filter(segment=segment)._raw_delete("default")  # type: ignore[attr-defined]
    segment.delete()


def fields_named(rules: Any) -> Iterator[tuple[str, Any]]:
    """Yield (field, value) of every leaf of a saved rule, those switched off included."""
    if isinstance(rules, dict):
        if isinstance(rules.get("field"), str):
            yield rules["field"], rules.get("value")
        for key in ("rules", "where"):
            yield from fields_named(rules.get(key))
    elif isinstance(rules, list):
        for rule in rules:
            yield from fields_named(rule)


def segments_named(rules: Any) -> set[int]:
    """Return the ids of the segments that a saved rule names, those switched off included."""
    values = [value for field, value in fields_named(rules) if field == "segment"]
    lists = [value.get("segments") if isinstance(value, dict) else value for value in values]
    return {pk for ids in lists for pk in ids or () if isinstance(pk, int)}


def page_of(segment: Segment) -> str:
    """Return the address of a segment's page."""
    return reverse("admin:segments_segment_change", args=[segment.pk])


def _readers(segments: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    wanted, found = set(segments), defaultdict(list)
    for row in Segment.objects.exclude(rules=None).only("name", "rules").order_by("name"):
        for pk in segments_named(row.rules) & wanted - {row.pk}:
            found[pk].append((row.name, page_of(row)))
    return found


def _readers_of_attribute(key: str) -> list[tuple[str, str]]:
    names = {key, f"attr.{key}"}
    rows = Segment.objects.exclude(rules=None).only("name", "rules").order_by("name")
    return [
        (row.name, page_of(row))
        for row in rows
        if names & {field for field, _ in fields_named(row.rules)}
    ]


SEGMENTS.register(Usage("segments", "segment", _readers))
of_attributes.ATTRIBUTES.register(
    of_attributes.Usage("segments", "segments", _readers_of_attribute)
)
