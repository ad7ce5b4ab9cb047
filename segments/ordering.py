"""Keeping many segments in order: labels, owners, stars, states."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from commerce.text import fold
from segments.definitions import REFRESH
from segments.manual import settle
from segments.models import Segment, SegmentLabel, SegmentStar
from segments.models.membership import Cause
from tenants import audit, jobs

MOST_LABELS = 10


def star(segment: Segment, *, by: AbstractBaseUser, is_on: bool) -> None:
    """Keep a segment at hand for one person, or no longer."""
    mine: dict[str, Any] = {"segment": segment, "user": by}
    if is_on:
        SegmentStar.objects.get_or_create(**mine)
    else:
        SegmentStar.objects.filter(**mine).delete()


@transaction.atomic
def give_labels(segment: Segment, text: str, *, by: AbstractBaseUser | None) -> list[str]:
    """Put exactly the labels of a comma-separated text on a segment; return their names.

    A label that is on no segment any more is forgotten.
    """
    words = [word.strip()[:60] for word in text.split(",") if fold(word)]
    wanted = {fold(word)[:60]: word for word in reversed(words[:MOST_LABELS])}
    labels = [
        SegmentLabel.objects.get_or_create(key=key, defaults={"name": name})[0]
        for key, name in sorted(wanted.items())
    ]
    segment.labels.set(labels)
    SegmentLabel.objects.filter(segments=None).delete()
    names = [label.name for label in labels]
    audit.record(by, "segment", segment, labels=names)
    return names


@transaction.atomic
def give_owner(
    segment: Segment, *, owner: AbstractBaseUser | None, by: AbstractBaseUser | None
) -> None:
    """Say who looks after a segment."""
    segment.owner = owner  # type: ignore[assignment]
    segment.save(update_fields=["owner"])
    audit.record(by, "segment", segment, owner=owner.pk if owner else None)


@transaction.atomic
def set_state(segment: Segment, state: str, *, by: AbstractBaseUser | None) -> None:
    """Move a segment between draft, active and archived; an active one is counted again."""
    segment.state, segment.state_reason = state, ""
    segment.save(update_fields=["state", "state_reason"])
    audit.record(by, "segment", segment, state=state)
    if state != Segment.State.ACTIVE:
        return
    if segment.kind == Segment.Kind.MANUAL:
        settle(segment, at=timezone.now(), cause=Cause.MANUAL)
    else:
        jobs.start(REFRESH, params={"segments": [segment.pk], "cause": Cause.DEFINITION})
