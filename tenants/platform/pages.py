"""The platform's first page and its status page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from tenants import jobs
from tenants.jobs import REGISTRY
from tenants.models import Run, Tenant
from tenants.status import PULSES, merchants, read_status, stuck_runs

SHOWN = 50


def index_context() -> dict[str, Any]:
    """Return what the first page shows: what is wrong, and the merchants in need of somebody."""
    status = read_status()
    waiting = merchants().exclude(state=Tenant.State.READY).order_by("-created_at")
    labels = dict(Tenant.State.choices)
    return {
        "status": status,
        "states": [(labels[key], many) for key, many in sorted(status.merchants.items())],
        "in_need": list(waiting[:SHOWN]),
    }


def show_status(request: HttpRequest, site: Any) -> HttpResponse:
    """Show the status; POST replays the runs that were stopped after three attempts."""
    if request.method == "POST":
        return _replay(request)
    status = read_status()
    stopped = Run.objects.select_related("tenant").filter(state=Run.State.QUARANTINED)
    facts = {
        "title": "Status",
        "status": status,
        "pulses": [(label, status.seen[key]) for key, label in PULSES.items()],
        "quarantined": _labelled(stopped[:SHOWN]),
        "stuck": _labelled(stuck_runs(status.as_of).select_related("tenant")[:SHOWN]),
        "may_replay": request.user.has_perm("tenants.change_run"),
    }
    context = site.each_context(request) | facts
    return TemplateResponse(request, "tenants/platform_status.html", context)


def _labelled(runs: Any) -> list[tuple[str, Run]]:
    return [(job.label if (job := REGISTRY.get(run.job)) else run.job, run) for run in runs]


def _replay(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("tenants.change_run"):
        return HttpResponse("You may look at this page only.", status=403)
    chosen = [int(pk) for pk in request.POST.getlist("run") if pk.isdigit()]
    stopped = Run.objects.select_related("tenant").filter(
        pk__in=chosen, state=Run.State.QUARANTINED, job__in=[job.key for job in REGISTRY]
    )
    count = sum(jobs.replay(run) for run in stopped)
    messages.success(request, f"{count} runs wait for a worker again.")
    return redirect("admin:status")
