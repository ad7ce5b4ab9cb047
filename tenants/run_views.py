"""A run's own fragment, which its pages ask for again and again, and its cancel button."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_tenants.utils import get_public_schema_name, schema_context

from tenants import jobs
from tenants.models import Run
from tenants.pages import Page, register
from tenants.schema import connection
from tenants.templatetags.runs import describe

TEMPLATE = "tenants/run_progress.html"


@never_cache
def show_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Answer with the run's fragment."""
    return _fragment(request, run_id)


@require_POST
def cancel_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Ask for the run to stop."""
    run = find_run(run_id)
    permission = jobs.REGISTRY[run.job].permission
    if not request.user.has_perm(permission):
        return HttpResponse("Your role may not stop this work.", status=403)
    jobs.cancel(run)
    if request.headers.get("HX-Request"):
        return _fragment(request, run_id)
    back = request.headers.get("Referer", "")
    hosts = {request.get_host()}
    return redirect(back if url_has_allowed_host_and_scheme(back, hosts) else "admin:index")


def _fragment(request: HttpRequest, run_id: int) -> HttpResponse:
    """Render the run; the page hears `run-ended` when it has ended."""
    run = find_run(run_id)
    response = render(request, TEMPLATE, describe(run, user=request.user))
    if not run.is_live:
        response["HX-Trigger-After-Swap"] = "run-ended"
    return response


def find_run(run_id: int) -> Run:
    """Return the run if it is this host's merchant's, any on the platform's; raise Http404."""
    schema_name = connection.schema_name
    with schema_context("public"):
        runs = Run.objects.select_related("tenant").filter(pk=run_id)
        if schema_name != get_public_schema_name():
            runs = runs.filter(tenant__schema_name=schema_name)
        run = runs.first()
    if run is None:
        raise Http404
    return run


PAGES = (
    Page(key="run", label="Run", path="runs/<int:run_id>/", view=show_run),
    Page(key="run_cancel", label="Cancel a run", path="runs/<int:run_id>/cancel/", view=cancel_run),
)
for page in PAGES:
    register(page)
