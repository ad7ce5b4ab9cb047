"""What a ready-made segment is meant for, one click away: the page that does it, filled in."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from segments.export import MAY_EXPORT
from segments.models import Segment
from segments.presets.preset import Action

# Kind of action → the page that does it, and who may open it.
_PAGES = {
    "coupon": ("admin:promo_code_add", "segments.add_promocode"),
    "promotion": ("admin:promo_code_add", "segments.add_promocode"),
    "series": ("admin:trigger_add", "segments.add_trigger"),
}


def address_of(action: Action, segment: Segment, user: Any) -> str:
    """Return where `user` does what the segment is for; else its list, else its page."""
    page, permission = _PAGES.get(action.kind, ("", ""))
    if page and user.has_perm(permission):
        asked = {"segment": segment.pk}
        if "percent" in action.parameters:
            asked["value"] = action.parameters["percent"]
        return f"{reverse(page)}?{urlencode(asked)}"
    if user.has_perm(MAY_EXPORT):
        return reverse("admin:segment_export", args=[segment.pk])
    return reverse("admin:segments_segment_change", args=[segment.pk])
