"""Saving rule segments: read, keep a version, say what changed, have the members computed."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from segments import sensitive
from segments.audience import clock_at
from segments.catalogue import StoreCatalogue
from segments.differences import differences
from segments.models import Segment, SegmentVersion
from segments.rules.bounds import BOUNDS
from segments.rules.dependencies import Dependencies, dependencies
from segments.rules.dump import dump
from segments.rules.errors import RuleError
from segments.rules.parse import parse
from segments.rules.sentence import sentence
from segments.rules.speech import Speech
from segments.rules.tree import Group
from tenants import audit, jobs
from tenants.schema import connection

REFRESH = "refresh"  # the job that computes members


def speech(*, as_of: datetime | None = None) -> Speech:
    """Return how this merchant's rules are said."""
    names = dict(Segment.objects.values_list("pk", "name"))
    return Speech(
        clock_at(as_of),
        connection.tenant.currency,
        lambda pk: f"“{names.get(pk, 'a deleted segment')}”",
    )


@transaction.atomic
def save_segment(
    *,
    name: str,
    rules: Any,
    by: AbstractBaseUser | None,
    segment: Segment | None = None,
    description: str = "",
    is_draft: bool = False,
    asker: audit.Actor = None,
) -> Segment:
    """Keep a segment's definition and queue its members; a draft is kept and not computed.

    Raises RuleError (with a path) for rules, ValidationError (by box) for the rest; then nothing
    is written. `asker` is whose permissions hold where that is not `by`: a program's.
    """
    name = name.strip()
    check_name(name, segment)
    catalogue = StoreCatalogue()
    tree = parse(rules, catalogue)
    sensitive.check(tree, asker=asker or by)
    sensitive.check_saved(segment and segment.rules, asker=asker or by)
    found = dependencies(tree, catalogue)
    _check_nesting(found, segment)
    before = segment.rules if segment else None
    segment = segment or Segment(kind=Segment.Kind.RULES, slug=free_slug(name), owner=by)  # type: ignore[misc]
    segment.name, segment.description = name, description
    segment.rules, segment.stands_on = dump(tree, catalogue), _kept(found)
    segment.state = Segment.State.DRAFT if is_draft else Segment.State.ACTIVE
    segment.state_reason = ""
    segment.save()
    _keep_version(segment, tree, catalogue, before=before, by=by)
    audit.record(by, "segment", segment, name=name)
    sensitive.note_use(tree, asker=by, subject=segment)
    if not is_draft:
        jobs.start(REFRESH, params={"segments": [segment.pk], "cause": "definition"})
    return segment


def check_name(name: str, segment: Segment | None = None) -> None:
    """Raise ValidationError for a name that is empty, too long, or another segment's."""
    if not name:
        raise ValidationError({"name": "Give the segment a name."})
    if len(name) > 120:
        raise ValidationError({"name": "A name has 120 characters at most."})
    same = Segment.objects.filter(name__iexact=name)
    if segment is not None:
        same = same.exclude(pk=segment.pk)
    if same.exists():
        raise ValidationError({"name": f"Another segment is called “{name}”. Choose another name."})


def _check_nesting(found: Dependencies, segment: Segment | None) -> None:
    """Refuse a segment that reads itself, and deep chains, with the path of names."""
    rows = {row.pk: row for row in Segment.objects.all()}

    def follow(pk: int, trail: tuple[int, ...]) -> None:
        if segment is not None and pk == segment.pk:
            names = " → ".join(rows[step].name for step in trail)
            raise RuleError(f"A segment cannot read itself: {segment.name} → {names} → here again.")
        if len(trail) > BOUNDS.max_segment_nesting:
            raise RuleError(f"Segments may read segments {BOUNDS.max_segment_nesting} deep.")
        row = rows.get(pk)
        for child in row.stands_on.get("segments", ()) if row else ():
            follow(child, (*trail, child))

    for pk in found.segments:
        follow(pk, (pk,))


def _kept(found: Dependencies) -> dict[str, Any]:
    """Return dependencies as JSON."""
    return {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in asdict(found).items()
    }


def free_slug(name: str) -> str:
    """Return the name as a slug that no other segment has."""
    stem = slugify(name)[:70] or "segment"
    taken = set(Segment.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    candidates = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    return next(slug for slug in candidates if slug not in taken)


def _keep_version(
    segment: Segment,
    tree: Group,
    catalogue: StoreCatalogue,
    *,
    before: dict[str, Any] | None,
    by: AbstractBaseUser | None,
) -> None:
    last = SegmentVersion.objects.filter(segment=segment).order_by("-number").first()
    said = sentence(tree, catalogue, speech())
    changed = ["Made."] if before is None else []
    if last is not None and last.rules != segment.rules:
        changed.append(f"Now: {said}")
        changed += differences(last.rules, tree, catalogue=catalogue, speech=speech())
    if last is not None and last.name != segment.name:
        changed.append(f"Renamed from “{last.name}”.")
    SegmentVersion.objects.create(
        segment=segment,
        number=last.number + 1 if last else 1,
        name=segment.name,
        rules=segment.rules,
        difference=changed or ["Saved again without a change."],
        author=by,  # type: ignore[misc]
        saved_at=timezone.now(),
    )
