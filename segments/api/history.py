"""`segments/{id}/history/`: how it was computed, how it was defined, who came and went."""

from itertools import pairwise
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from segments import sensitive
from segments.api.definition import names_people
from segments.api.finding import segment_of
from segments.api.shapes import ChangeShape, RefreshShape
from segments.models import MembershipChange, Segment, SegmentRefresh, SegmentVersion
from tenants import audit
from tenants.web.pages import CursorPages
from tenants.web.problems import Fault, Refusal, invalid
from tenants.web.scopes import sees_contact
from tenants.web.views import ApiView

PARTS = ("refreshes", "versions", "changes")


class SegmentHistory(ApiView):
    """Newest first: `?of=refreshes` (if nothing is said), `versions`, or `changes`."""

    scopes = {"GET": ("segments:read",)}
    more_with = ("customers:contact", "segments:sensitive")
    ordering = ("-at", "-pk")
    serializer_class = RefreshShape

    def get(self, request: Request, segment: str) -> Response:
        """List one part of a segment's history."""
        row, part = segment_of(segment), request.query_params.get("of", PARTS[0])
        if part not in PARTS:
            words = f"of is one of {', '.join(PARTS)}."
            raise Refusal(invalid(Fault(words, ("of",))))
        if part == "versions":
            return self._versions(row)
        if part == "changes":
            changes = MembershipChange.objects.filter(segment=row)
            return self.page(changes, lambda change: ChangeShape(change).data)
        refreshes = SegmentRefresh.objects.filter(segment=row)
        return self.page(refreshes, lambda refresh: RefreshShape(refresh).data)

    def _versions(self, row: Segment) -> Response:
        self.ordering = ("-number", "-pk")
        rows = SegmentVersion.objects.filter(segment=row).select_related("author")
        pages = CursorPages()
        found = pages.paginate_queryset(rows, self.request, self)
        oldest = found[-1].number if found else 0
        earlier = SegmentVersion.objects.filter(segment=row, number__lt=oldest).first()
        told = [
            _version(version, before, sees=sees_contact(self.request), asker=self.request.user)
            for version, before in pairwise([*found, earlier])
        ]
        return pages.get_paginated_response(told)


def _version(
    version: SegmentVersion, before: SegmentVersion | None, *, sees: bool, asker: audit.Actor
) -> dict[str, Any]:
    """Tell a version; its difference speaks of the rule before it as well."""
    is_open = sees or not names_people(version.rules)
    is_difference_open = is_open and (sees or before is None or not names_people(before.rules))
    if sensitive.hides(version.rules, asker=asker):
        is_open = is_difference_open = False
    if before is not None and sensitive.hides(before.rules, asker=asker):
        is_difference_open = False
    author = version.author
    return {
        "number": version.number,
        "name": version.name,
        "saved_at": version.saved_at,
        "author": (author.get_full_name() or author.username) if author else None,
        "difference": version.difference if is_difference_open else None,
        "rules": version.rules if is_open else None,
    }
