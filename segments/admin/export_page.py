"""Exporting a segment: choose columns and a format, download in parts of ten thousand rows."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from commerce.admin.contact import sees_contact
from segments.export import MAY_EXPORT, PART, Column, columns_for, export_members, plan
from segments.models import Segment
from tenants.pages import Page, PageView, register
from tenants.tables import csv_response
from tenants.workbooks import workbook_response

__all__ = ["MAY_EXPORT", "ExportPage"]

FORMATS = {"csv": "CSV, for any program", "xlsx": "Excel (XLSX)"}
NONE_CHOSEN = "Choose at least one column."


class ExportPage(PageView):
    """What can be exported; a POST downloads one part."""

    template_name = "segments/export.html"

    def get_title(self) -> str:
        return f"Export “{self.segment.name}”"

    @property
    def segment(self) -> Segment:
        """The segment that the address names."""
        return get_object_or_404(Segment, pk=self.kwargs["segment_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        request, segment = self.request, self.segment
        chosen = request.POST.getlist("columns") if request.method == "POST" else None
        columns = [
            {"column": column, "is_on": _is_on(column, chosen)}
            for column in columns_for(sees_contact=sees_contact(request))
        ]
        return super().get_context_data(
            segment=segment,
            columns=columns,
            sees_contact=sees_contact(request),
            formats=FORMATS,
            plan=plan(segment),
            limit=PART,
            **kwargs,
        )

    def post(self, request: HttpRequest, segment_id: int) -> HttpResponseBase:
        """Download one part of the export."""
        columns = columns_for(sees_contact=sees_contact(request))
        chosen = [column for column in columns if column.key in request.POST.getlist("columns")]
        if not chosen:
            return self.render_to_response(self.get_context_data(problem=NONE_CHOSEN))
        return _download(request, self.segment, chosen)


def _is_on(column: Column, chosen: list[str] | None) -> bool:
    return column.is_chosen if chosen is None else column.key in chosen


def _download(request: HttpRequest, segment: Segment, chosen: list[Column]) -> HttpResponseBase:
    kind, asked = request.POST.get("format", "csv"), request.POST.get("part", "1")
    known = {str(part.number): part for part in plan(segment).parts}
    if kind not in FORMATS or asked not in known:
        raise Http404
    part, by = known[asked], request.user
    header, rows = export_members(segment, columns=chosen, part=part.number, kind=kind, by=by)
    name = segment.slug if len(known) == 1 else f"{segment.slug}-{part.first}-{part.last}"
    if kind == "xlsx":
        return workbook_response(name, header, rows)
    return csv_response(name, header, rows)


register(
    Page(
        "segment_export",
        "Export",
        "segments/segment/<int:segment_id>/export/",
        ExportPage,
        MAY_EXPORT,
    )
)
