"""Sets of segments: the list, one set with its overlaps, and the form that orders them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from commerce.patience import TooSlowError, patience
from segments import sets
from segments.models import Segment, SegmentSet
from segments.sets import Figures
from tenants.pages import Page, PageView, register

WAIT_MS = 5_000


class SetsPage(PageView):
    template_name = "segments/sets.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = SegmentSet.objects.annotate(number=Count("entries")).order_by("name")
        return super().get_context_data(sets=rows, may_change=may_change(self.request), **kwargs)


class SetPage(PageView):
    template_name = "segments/set.html"
    parent = "segment_sets"

    def get_title(self) -> str:
        return self.row.name

    @property
    def row(self) -> SegmentSet:
        """The set that the address names."""
        return get_object_or_404(SegmentSet, pk=self.kwargs["set_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, found = self.row, None
        try:
            with patience(WAIT_MS):
                found = sets.figures(row)
        except TooSlowError:
            kwargs["is_slow"] = True
        entries = [line.entry for line in found.lines] if found else sets.entries_of(row)
        return super().get_context_data(
            set=row,
            entries=entries,
            found=found,
            matrix=_matrix(found) if found else [],
            warnings=sets.overlaps(row, found) if found else [],
            hints=sets.hints(entries),
            may_change=may_change(self.request),
            **kwargs,
        )


def _matrix(found: Figures) -> list[dict[str, Any]]:
    """Return a row per segment with what it shares with each."""
    places = range(len(found.lines))
    return [
        {
            "entry": found.lines[row].entry,
            "cells": [
                {
                    "customers": found.lines[row].alone
                    if row == column
                    else found.shared[min(row, column), max(row, column)],
                    "is_same": row == column,
                }
                for column in places
            ],
        }
        for row in places
    ]


class SetForm(PageView):
    template_name = "segments/set_form.html"
    parent = "segment_sets"

    @property
    def row(self) -> SegmentSet | None:
        """The set being edited, None for a new one."""
        pk = self.kwargs.get("set_id")
        return get_object_or_404(SegmentSet, pk=pk) if pk else None

    def get_title(self) -> str:
        row = self.row
        return f"Edit {row.name}" if row else "New set"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row
        told = {"name": row.name if row else "", "description": row.description if row else "",
                "is_exclusive": row.is_exclusive if row else True}  # fmt: skip
        chosen = [(e.segment_id, e.use) for e in sets.entries_of(row)] if row else []
        sent = kwargs.pop("sent", None) or {**told, "entries": chosen}
        names = {segment.pk: segment for segment in _choices()}
        shown = [(names[pk], use) for pk, use in sent["entries"] if pk in names]
        return super().get_context_data(
            set=row, sent=sent, shown=shown, choices=names.values(), limit=sets.LIMIT, **kwargs
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        row = self.row
        if request.POST.get("step") == "delete" and row:
            sets.delete_set(row, by=request.user)
            messages.success(request, f"“{row.name}” is gone. Its segments stay as they are.")
            return HttpResponseRedirect(reverse("admin:segment_sets"))
        sent = _sent(request)
        try:
            kept = sets.save_set(row, by=request.user, **sent)
        except ValidationError as error:
            faults = {name: " ".join(lines) for name, lines in error.message_dict.items()}
            context = self.get_context_data(sent=sent, faults=faults)
            return self.render_to_response(context, status=400)
        messages.success(request, f"“{kept.name}” is saved.")
        return HttpResponseRedirect(reverse("admin:segment_set", args=[kept.pk]))


def _sent(request: HttpRequest) -> dict[str, Any]:
    """Read the boxes; the rows stand in the order of priority, a chosen addition last."""
    ids, uses = request.POST.getlist("segment"), request.POST.getlist("use")
    pairs = [*zip(ids, [*uses, *[""] * len(ids)], strict=False)]
    pairs += [(pk, "") for pk in request.POST.getlist("add") if pk]
    return {
        "name": request.POST.get("name", ""),
        "description": request.POST.get("description", "")[:1_000],
        "is_exclusive": "is_exclusive" in request.POST,
        "entries": [(int(pk), use) for pk, use in pairs if pk.isdecimal() and len(pk) < 18],
    }


def _choices() -> list[Segment]:
    rows = Segment.objects.exclude(state=Segment.State.ARCHIVED)
    return list(rows.order_by("kind", "name"))


def may_change(request: HttpRequest) -> bool:
    """Say whether the reader may make and change sets."""
    return request.user.has_perm("segments.change_segment")


LOOK, CHANGE = "segments.view_segment", "segments.change_segment"
register(Page("segment_sets", "Sets of segments", "segment-sets/", SetsPage, LOOK))
register(Page("segment_set_add", "New set", "segment-sets/add/", SetForm, CHANGE))
register(Page("segment_set", "Set of segments", "segment-sets/<int:set_id>/", SetPage, LOOK))
register(Page("segment_set_edit", "Edit set", "segment-sets/<int:set_id>/edit/", SetForm, CHANGE))
