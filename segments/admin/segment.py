"""The segments list with its tabs, and a segment's page."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.urls import URLPattern, path

from commerce.admin.contact import sees_contact
from commerce.admin.customer_list import lines
from commerce.admin.keyset import Sort, page_of
from commerce.admin.page import PageAdmin
from commerce.figures import base_totals
from commerce.models import CustomerMetrics
from segments.admin import builder_asking, builder_saving, builder_values
from segments.admin.builder_page import builder_context
from segments.admin.builder_panel import definition_context
from segments.admin.figures import report_of, segment_lines
from segments.models import Membership, ScoreRun, Segment
from segments.scoring.rfm.maps import find_map
from segments.scoring.rfm.movement import movement_of_last_run
from segments.scoring.rfm.run import latest_run
from segments.scoring.rfm.wording import describe
from tenants.schema import connection

MEMBERS_SHOWN = 25
BY_SPENT = Sort("spent", "Spent", "spent")
TABS = (
    ("yours", "Yours", (Segment.Kind.RULES, Segment.Kind.MANUAL)),
    ("rfm", "RFM", (Segment.Kind.RFM,)),
    ("lifecycle", "Lifecycle", (Segment.Kind.LIFECYCLE,)),
    ("shopify", "Shopify", (Segment.Kind.SHOPIFY,)),
    ("all", "All", tuple(Segment.Kind)),
)
# Route, name, permission, view.
ADDRESSES: tuple[tuple[str, str, str, Any], ...] = (
    ("preview/", "preview", "view", builder_asking.preview),
    ("values/", "values", "view", builder_values.values),
    ("save/", "save", "add", builder_saving.save),
    ("<int:segment_id>/save/", "resave", "change", builder_saving.save),
    ("<int:segment_id>/impact/", "impact", "change", builder_asking.impact),
    ("<int:segment_id>/act/", "act", "change", builder_saving.act),
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
        return self._builder(request, segment)

    def _builder(self, request: HttpRequest, segment: Segment | None) -> HttpResponseBase:
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        context = builder_context(segment, schema=connection.tenant.schema_name)
        return self.render(request, "segments/builder.html", **context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        self.require_view(request)
        counts = dict(Segment.objects.values_list("kind").annotate(Count("pk")).order_by())
        tabs = [
            {"key": key, "label": label, "count": sum(counts.get(kind, 0) for kind in kinds)}
            for key, label, kinds in TABS
        ]
        asked = request.GET.get("tab", "")
        chosen = asked if asked in {key for key, *_ in TABS} else _first_filled(tabs)
        kinds = next(kinds for key, _, kinds in TABS if key == chosen)
        rows = Segment.objects.filter(kind__in=kinds).order_by("kind", "pk")
        base = base_totals()
        return self.render(
            request,
            "segments/list.html",
            title="Segments",
            tabs=tabs,
            chosen=chosen,
            rows=[{"segment": row, "percent": _percent(row, base)} for row in rows],
            base=base,
            may_add=request.user.has_perm("segments.add_segment"),
        )

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
        return self.render(
            request, "segments/segment.html", title=segment.name, **_context(request, segment)
        )


def _first_filled(tabs: list[dict[str, Any]]) -> str:
    return next((tab["key"] for tab in tabs if tab["count"]), "yours")


def _percent(segment: Segment, base: Any) -> float:
    return 100 * segment.members_count / base.customers if base and base.customers else 0.0


def _context(request: HttpRequest, segment: Segment) -> dict[str, Any]:
    sees = sees_contact(request)
    members = Membership.objects.filter(segment=segment).values("customer_id")
    rows = CustomerMetrics.objects.filter(pk__in=members).select_related("customer")
    # A sort of the members, not a walk down everybody's spend: most segments are a few percent.
    page = page_of(
        rows,
        sort=BY_SPENT,
        cursor=request.GET.get("page", ""),
        size=MEMBERS_SHOWN,
        walks_index=False,
    )
    base = base_totals()
    return {
        "segment": segment,
        "members": lines(page.rows, sees=sees),
        "page": page,
        "percent": _percent(segment, base),
        "base": base,
        **definition_context(request, segment),
        **(_rfm(segment) if segment.kind == Segment.Kind.RFM else {}),
    }


def _rfm(segment: Segment) -> dict[str, Any]:
    run: ScoreRun | None = latest_run()
    report = report_of(run)
    if run is None or report is None:
        return {}
    rows = segment_lines(report, movement_of_last_run())
    line = next((line for line in rows if line.row.key == segment.key), None)
    return {
        "run": run,
        "line": line,
        "description": describe(find_map(run.parameters["map"]), segment.key) if line else None,
    }
