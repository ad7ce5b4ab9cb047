"""A segment that fills a list cannot be deleted before the list is let go."""

from collections.abc import Collection

from django.urls import reverse

from integrations.models import KlaviyoList
from segments.usages import SEGMENTS, Usage


def _uses(segments: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    for link in KlaviyoList.objects.filter(segment_id__in=segments):
        page = reverse("admin:klaviyo_list", args=[link.pk])
        found.setdefault(link.segment_id, []).append((link.name, page))
    return found


SEGMENTS.register(Usage("klaviyo_lists", "Klaviyo list", _uses))
