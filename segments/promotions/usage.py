"""Promo codes name segments: whoever edits or deletes one is told which."""

from collections.abc import Collection

from django.urls import reverse

from segments.models import PromoSegment
from segments.usages import SEGMENTS, Usage


def _uses(segments: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    rows = PromoSegment.objects.filter(segment_id__in=segments).order_by("code__code_key")
    for segment, pk, code in rows.values_list("segment_id", "code_id", "code__code"):
        address = reverse("admin:promo_code", args=[pk])
        found.setdefault(segment, []).append((code, address))
    return found


SEGMENTS.register(Usage("promo_codes", "promo code", _uses))
