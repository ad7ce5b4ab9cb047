"""The import pages: the list with its upload, one file with its columns, trial, run and result."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat

from integrations.csv import services
from integrations.csv.downloads import download_rejected, download_sample, find
from integrations.csv.fields import FIELDS, Kind
from integrations.csv.forms import StyleForm, UploadForm, choices_for, chosen_columns
from integrations.csv.mapping import SHAPES, Mapping
from integrations.csv.preview import first_rows, preview
from integrations.csv.samples import SAMPLES
from integrations.csv.showing import runs_of, shown, state_of, told
from integrations.csv.source import Unreadable
from integrations.models import ImportFile
from tenants.pages import Page, PageView, register

IMPORT = "access.import_data"
SHOWN_IMPORTS, SHOWN_ROWS, SHOWN_REJECTED = 50, 8, 50


class ImportsPage(PageView):
    """Every import, newest first, and the box that takes the next file."""

    template_name = "integrations/imports.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        files = ImportFile.objects.select_related("created_by")[:SHOWN_IMPORTS]
        runs = runs_of(files)
        defaults = {
            "lines": [(file, state_of(file, runs.get(file.run_id or 0))) for file in files],
            "form": UploadForm(),
            "limit": filesizeformat(settings.UPLOAD_MAX_BYTES),
            "limit_bytes": settings.UPLOAD_MAX_BYTES,
            "samples": SAMPLES.values(),
        }
        return super().get_context_data(**defaults | kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take a file in and show how it is understood."""
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                file = services.receive(
                    form.cleaned_data["file"], kind=form.cleaned_data["kind"], by=request.user
                )
            except ValidationError as error:
                form.add_error("file", error)
            else:
                return redirect("admin:import", file.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


@dataclass(frozen=True)
class ColumnLine:
    """A column on the mapping form."""

    name: str
    label: str
    samples: list[str]
    chosen: str
    groups: list[tuple[str, list[tuple[str, str]]]]


class ImportPage(PageView):
    """One file: how its columns are read, what comes of it, what came of it."""

    template_name = "integrations/import.html"
    parent = "imports"

    def get_title(self) -> str:
        return self.file.name

    @property
    def file(self) -> ImportFile:
        """The file the address names; raises Http404 when there is none."""
        if not hasattr(self, "_file"):
            self._file = find(self.kwargs["pk"])
        return self._file

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        file, mapping = self.file, Mapping.from_json(self.file.mapping)
        run = runs_of([file]).get(file.run_id or 0)
        defaults = {
            "file": file,
            "run": run,
            "state": state_of(file, run),
            "is_live": run is not None and run.is_live,
            "counts": told(file.counts),
            "dry_counts": told(file.dry_counts),
            "rejected": file.rejected.order_by("line")[:SHOWN_REJECTED],
            "rejected_count": (file.counts or file.dry_counts).get("rejected", 0),
            "problems": mapping.problems(),
            "shape": SHAPES[mapping.shape] if file.kind == Kind.ORDERS else "",
            "doubts": mapping.doubts,
            "may_edit": not file.rows_done and not (run is not None and run.is_live),
            "style": StyleForm(kind=file.kind, initial=StyleForm.initial_of(mapping)),
            **self._sample(mapping),
        }
        return super().get_context_data(**defaults | kwargs)

    def _sample(self, mapping: Mapping) -> dict[str, Any]:
        try:
            rows = first_rows(self.file, count=SHOWN_ROWS)
            understood = preview(self.file, count=SHOWN_ROWS)
        except (OSError, Unreadable):
            return {"is_gone": True}
        columns = [
            ColumnLine(
                f"column-{index}",
                label,
                list(dict.fromkeys(row.cells[index][:60] for row in rows if len(row.cells) > index
                                   and row.cells[index].strip()))[:3],
                mapping.columns.get(label, ""),
                choices_for(self.file.kind, label),
            )
            for index, label in enumerate(mapping.labels)
        ]  # fmt: skip
        chosen = [field for field in FIELDS[Kind(self.file.kind)] if field.key in mapping.targets]
        return {
            "columns": columns,
            "preview_fields": chosen,
            "preview": [
                (row, [shown(field, row.values.get(field.key, "")) for field in chosen])
                for row in understood
            ],
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what the button says."""
        step = request.POST.get("do", "")
        run = runs_of([self.file]).get(self.file.run_id or 0)
        if run is not None and run.is_live:
            messages.warning(request, "The file is being worked on. Cancel that first.")
            return redirect("admin:import", pk)
        if step == "delete":
            services.discard(self.file)
            messages.success(request, "The file is deleted. What it brought stays.")
            return redirect("admin:imports")
        if not self.file.rows_done and "dates" in request.POST:
            answer = self._save(request)
            if answer is not None:
                return answer
        if step in ("try", "start"):
            return self._start(request, is_trial=step == "try")
        return redirect("admin:import", pk)

    def _save(self, request: HttpRequest) -> HttpResponse | None:
        mapping = Mapping.from_json(self.file.mapping)
        style = StyleForm(request.POST, kind=self.file.kind)
        columns = chosen_columns(mapping, request.POST)
        problems: list[str] = []
        if style.is_valid():
            problems = services.change(self.file, {"columns": columns, **style.cleaned_data})
        if style.errors or problems:
            shown = {"style": style} if style.errors else {}
            return self.render_to_response(self.get_context_data(**shown), status=422)
        return None

    def _start(self, request: HttpRequest, *, is_trial: bool) -> HttpResponse:
        try:
            services.start(self.file, by=request.user, is_trial=is_trial)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("admin:import", self.file.pk)


register(Page("imports", "Import", "imports/", ImportsPage, IMPORT))
register(Page("import", "Import a file", "imports/<int:pk>/", ImportPage, IMPORT))
register(
    Page("import_rejected", "Rejected rows", "imports/<int:pk>/rejected.csv",
         download_rejected, IMPORT)
)  # fmt: skip
register(Page("import_sample", "Sample file", "imports/sample-<str:kind>.csv",
              download_sample, IMPORT))  # fmt: skip
