"""The import pages: the list with its upload, one file with its columns, trial, run and result."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django_tenants.utils import schema_context

from integrations.csv import services
from integrations.csv.command import WORDS
from integrations.csv.fields import FIELDS, Field, Kind
from integrations.csv.forms import StyleForm, UploadForm, choices_for, chosen_columns
from integrations.csv.mapping import SHAPES, Mapping
from integrations.csv.reading import Unreadable
from integrations.csv.samples import SAMPLES
from integrations.models import ImportFile
from tenants.jobs import merchant_here
from tenants.models import Run
from tenants.pages import Page, PageView, register
from tenants.tables import csv_response

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
            "counts": _counts(file.counts),
            "dry_counts": _counts(file.dry_counts),
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
            rows = services.first_rows(self.file, count=SHOWN_ROWS)
            understood = services.preview(self.file, count=SHOWN_ROWS)
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


def shown(field: Field, value: str) -> str:
    """Return an understood value for people: “3 Apr 2026, 10:15” leaves no doubt about the day."""
    if not value:
        return ""
    if field.reads == "moment":
        return f"{datetime.fromisoformat(value):%-d %b %Y, %H:%M}"
    if field.reads == "day":
        return f"{date.fromisoformat(value):%-d %b %Y}"
    if field.reads in ("money", "quantity"):
        return f"{Decimal(value).normalize():,f}"
    return value.strip("{}").replace('"', "") if field.reads in ("list", "tags") else value


def find(pk: int) -> ImportFile:
    """Return the merchant's import of that number; raise Http404."""
    file = ImportFile.objects.filter(pk=pk).first() if pk < 2**63 else None
    if file is None:
        raise Http404
    return file


def runs_of(files: Any) -> dict[int, Run]:
    """Return the background runs of the files, by id."""
    merchant = merchant_here()
    ids = [file.run_id for file in files if file.run_id]
    with schema_context("public"):
        found = Run.objects.filter(pk__in=ids, tenant=merchant).select_related("tenant")
        return {run.pk: run for run in found}


def state_of(file: ImportFile, run: Run | None) -> tuple[str, str]:
    """Return the state in words and its badge; a killed attempt left the state, so ask the run."""
    is_live = run is not None and run.is_live
    state = ImportFile.State
    if file.state in (state.RUNNING, state.READY) and not is_live:
        return "Stopped", "is-warn"
    badges = {state.DONE: "is-good", state.FAILED: "is-bad", state.CANCELLED: "is-warn"}
    return file.get_state_display(), badges.get(file.state, "is-info")  # type: ignore[call-overload]


def _counts(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(words, counts[key]) for key, words in WORDS.items() if counts.get(key)]


def download_rejected(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Download the rows that were not taken, with line and reason beside the file's own columns."""
    file = find(pk)
    labels = Mapping.from_json(file.mapping).labels
    rows = file.rejected.order_by("line").iterator()
    return csv_response(
        f"rejected-{file.pk}",
        ["line", "reason", *labels],
        ([row.line, row.reason, *row.cells] for row in rows),
    )


def download_sample(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Download a small file as the import likes it."""
    sample = SAMPLES.get(kind)
    if sample is None:
        raise Http404
    header, *rows = sample.rows
    return csv_response(f"sample-{kind}", header, rows)


register(Page("imports", "Import", "imports/", ImportsPage, IMPORT))
register(Page("import", "Import a file", "imports/<int:pk>/", ImportPage, IMPORT))
register(
    Page("import_rejected", "Rejected rows", "imports/<int:pk>/rejected.csv",
         download_rejected, IMPORT)
)  # fmt: skip
register(Page("import_sample", "Sample file", "imports/sample-<str:kind>.csv",
              download_sample, IMPORT))  # fmt: skip
