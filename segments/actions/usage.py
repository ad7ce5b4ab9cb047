"""Triggers use segments: what one listens to or adds to cannot be deleted."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q
from django.urls import reverse

from segments.models import Trigger
from segments.usages import SEGMENTS, Usage


def _uses(segments: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    """Return the triggers that listen to these segments or put customers into them."""
    targets = [str(pk) for pk in segments]
    rows = Trigger.objects.filter(Q(segment__in=segments) | Q(options__target__in=targets))
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        use = (row.name, reverse("admin:trigger", args=[row.pk]))
        target = str(row.options.get("target", ""))
        for pk in {row.segment_id, int(target) if target.isdecimal() else None} & {*segments}:
            found[int(pk or 0)].append(use)
    return found


SEGMENTS.register(Usage("triggers", "trigger", _uses))
