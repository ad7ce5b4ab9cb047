"""The addresses of segments in the admin: list, page, builder."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.urls import URLPattern, path

from commerce.admin.page import PageAdmin
from segments import sensitive
from segments.admin import (
    builder_asking,
    builder_impact,
    builder_saving,
    builder_values,
    list_acting,
    manual_choose,
    manual_page,
)
from segments.admin.builder_page import builder_context
from segments.admin.segment_list import list_context
from segments.admin.segment_page import page_context
from segments.models import Segment
from segments.usages import page_of
from tenants.schema import connection

# Route, name, permission, view.
ADDRESSES: tuple[tuple[str, str, str, Any], ...] = (
    ("preview/", "preview", "view", builder_asking.preview),
    ("values/", "values", "view", builder_values.values),
    ("save/", "save", "add", builder_saving.save),
    ("<int:segment_id>/save/", "resave", "change", builder_saving.save),
    ("<int:segment_id>/impact/", "impact", "change", builder_impact.impact),
    ("<int:segment_id>/act/", "act", "change", builder_saving.act),
    ("manual/", "manual", "add", manual_page.add),
    ("choose/", "choose", "change", manual_choose.choose),
    ("<int:segment_id>/members/", "members", "change", manual_page.members),
    ("<int:segment_id>/take-out/", "take_out", "change", manual_choose.take_out),
    ("<int:segment_id>/not-found/<str:token>/", "not_found", "change", manual_page.not_found),
    ("<int:segment_id>/keep/", "keep", "view", list_acting.act),
    ("<int:segment_id>/remove/", "remove", "delete", list_acting.remove),
    ("propose/", "propose", "add", list_acting.propose),
)


@admin.register(Segment)
class SegmentAdmin(PageAdmin):
    """Every kind of segment in one list."""

    def get_urls(self) -> list[URLPattern]:
        return [
            *(self._address(*address) for address in ADDRESSES),
            *self._edit(),
            *super().get_urls(),
        ]

    def _address(self, route: str, name: str, permission: str, view: Any) -> URLPattern:
        allowed = permission_required(f"segments.{permission}_segment", raise_exception=True)(view)
        return path(route, self.admin_site.admin_view(allowed), name=f"segments_segment_{name}")

    def _edit(self) -> list[URLPattern]:
        return [self._address("<int:segment_id>/edit/", "edit", "change", self.edit_view)]

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        if not request.user.has_perm("segments.add_segment"):
            raise PermissionDenied
        return self._builder(request, None)

    def edit_view(self, request: HttpRequest, segment_id: int) -> HttpResponseBase:
        """Show the builder with a segment's rule."""
        segment = self.row(str(segment_id))
        assert isinstance(segment, Segment)
        if segment.kind != Segment.Kind.RULES:
            raise Http404
        if sensitive.hides(segment.rules, asker=request.user):
            messages.error(request, sensitive.REFUSAL)
            return HttpResponseRedirect(page_of(segment))
        return self._builder(request, segment)

    def _builder(self, request: HttpRequest, segment: Segment | None) -> HttpResponseBase:
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        context = builder_context(
            segment,
            schema=connection.tenant.schema_name,
            sees_sensitive=sensitive.may_use(request.user),
        )
        return self.render(request, "segments/builder.html", **context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        self.require_view(request)
        context = list_context(request)
        return self.render(request, "segments/list.html", title="Segments", **context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        self.require_view(request)
        if request.method == "POST":
            raise Http404
        segment = self.row(object_id)
        assert isinstance(segment, Segment)
        context = page_context(request, segment)
        return self.render(request, "segments/segment.html", title=segment.name, **context)
