"""Keeping many segments in order: labels, owners, stars."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from commerce.text import fold
from segments.models import Segment, SegmentLabel, SegmentStar
from tenants import audit

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
