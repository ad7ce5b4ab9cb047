"""The merchant's Jobs page: what runs by itself, when, how the last time went, and run it now."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST
from django_tenants.utils import schema_context

from tenants import jobs, schedule
from tenants.job_forms import CadenceForm, in_words, initial_of
from tenants.jobs import Job, merchant_here
from tenants.models import Run, Tenant, TenantJob
from tenants.pages import Page, PageView, register

SHOWN_RUNS = 20  # of one job's history
MANAGE = "access.manage_jobs"


@dataclass(frozen=True)
class Line:
    """A job as the page shows it."""

    job: Job
    row: TenantJob
    cadence: str
    live: Run | None
    last: Run | None  # the last that ended
    may_start: bool


class JobsPage(PageView):
    """Every job of the merchant with its schedule and its last run."""

    template_name = "tenants/jobs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = read_lines(merchant_here(), user=self.request.user)
        return super().get_context_data(
            lines=lines, may_manage=self.request.user.has_perm(MANAGE), **kwargs
        )


class JobPage(PageView):
    """One job: its schedule to edit, its newest runs."""

    template_name = "tenants/job.html"
    parent = "jobs"

    def get_title(self) -> str:
        return self.line.job.label

    @property
    def line(self) -> Line:
        """The job the address names; raises Http404 when there is none."""
        if not hasattr(self, "_line"):
            lines = read_lines(merchant_here(), user=self.request.user)
            found = [line for line in lines if line.job.key == self.kwargs["key"]]
            if not found:
                raise Http404
            self._line = found[0]
        return self._line

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        line = self.line
        may_edit = self.request.user.has_perm(MANAGE) and not line.job.needs_params
        defaults = {
            "line": line,
            "runs": newest_runs(line.row.tenant, key=line.job.key),
            "form": CadenceForm(initial=initial_of(line.row)),
            "may_edit": may_edit,
            "zone": line.row.tenant.timezone,
        }
        return super().get_context_data(**defaults | kwargs)

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        """Write the schedule."""
        if not request.user.has_perm(MANAGE) or self.line.job.needs_params:
            return HttpResponse("Your role may not change schedules.", status=403)
        form = CadenceForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        schedule.set_cadence(self.line.row, **form.schedule())
        words = in_words(self.line.row)
        messages.success(
            request, f"“{self.line.job.label}” now runs: {words[0].lower()}{words[1:]}."
        )
        return redirect("admin:jobs")


@require_POST
def start_job(request: HttpRequest, key: str) -> HttpResponse:
    """Run a job now; a run that waits already is enough."""
    job = jobs.REGISTRY.get(key)
    if job is None or job.platform or job.needs_params:
        raise Http404
    if not request.user.has_perm(job.permission):
        return HttpResponse("Your role may not start this job.", status=403)
    live = jobs.live(key)
    if live is not None and live.state == Run.State.QUEUED:
        messages.info(request, f"“{job.label}” waits for a worker already.")
    else:
        jobs.start(key)
        messages.success(request, f"“{job.label}” has been started.")
    return redirect("admin:jobs")


def read_lines(tenant: Tenant, *, user: Any) -> list[Line]:
    """Return the merchant's jobs with their rows and runs, in three queries."""
    schedule.ensure_rows(tenant)
    with schema_context("public"):
        rows = {row.job: row for row in TenantJob.objects.filter(tenant=tenant)}
        runs = Run.objects.filter(tenant=tenant).order_by("job", "-id").distinct("job")
        ended = {run.job: run for run in runs.exclude(state__in=["queued", "running"])}
        order = ("job", "-state", "-id")  # running before queued
        alive = Run.objects.filter(tenant=tenant, state__in=["queued", "running"])
        live = {run.job: run for run in alive.order_by(*order).distinct("job")}
    for row in rows.values():
        row.tenant = tenant
    return [
        Line(
            job=job,
            row=rows[job.key],
            cadence=in_words(rows[job.key]),
            live=live.get(job.key),
            last=ended.get(job.key),
            may_start=not job.needs_params and user.has_perm(job.permission),
        )
        for job in schedule.merchant_jobs()
    ]


def newest_runs(tenant: Tenant, *, key: str) -> list[Run]:
    """Return the job's newest runs."""
    with schema_context("public"):
        return list(Run.objects.filter(tenant=tenant, job=key)[:SHOWN_RUNS])


PAGES = (
    Page("jobs", "Jobs", "jobs/", JobsPage, "access.view_jobs"),
    Page("job", "Job", "jobs/<slug:key>/", JobPage, "access.view_jobs"),
    Page("job_start", "Start a job", "jobs/<slug:key>/start/", start_job),
)
for page in PAGES:
    register(page)
