"""The platform's list of merchants, with the page of each: state, hosts, runs, and what to do."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.timesince import timesince
from unfold.admin import ModelAdmin
from unfold.decorators import display

from tenants.deletion import DELETABLE, request_deletion
from tenants.hosts import rename
from tenants.models import Run, Tenant
from tenants.platform.forms import DeleteForm, HostForm, MerchantForm, RenameForm, SuspendForm
from tenants.platform.hosts import change_hosts
from tenants.provisioning import retry
from tenants.suspension import resume, suspend
from tenants.versions import current_version

COLORS = {
    "Ready": "success",
    "Being set up": "info",
    "Set-up failed": "danger",
    "Suspended": "warning",
    "Being deleted": "warning",
}
SHOWN_RUNS = 20
View = Callable[..., HttpResponse]


class MerchantAdmin(ModelAdmin):
    """Merchants are made, suspended and deleted through services, never through a row's form."""

    list_display = ("merchant", "shown_state", "last_run", "lag", "created_at")
    list_display_links = ("merchant",)
    list_filter = ("state", "industry")
    search_fields = ("schema_name", "name")
    list_per_page = 50
    ordering = ("schema_name",)
    actions = None
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        """Return the merchants with their health: the newest end of a run, the oldest lag."""
        ended = Run.objects.filter(tenant=OuterRef("pk"), finished_at__isnull=False)
        newest = ended.order_by("-finished_at")
        late = Q(jobs__next_run_at__lt=Now())
        return (
            super()
            .get_queryset(request)
            .exclude(schema_name="public")
            .annotate(
                last_state=Subquery(newest.values("state")[:1]),
                late_since=Min("jobs__next_run_at", filter=late),
                late_jobs=Count("jobs", filter=late),
            )
        )

    @display(description="Merchant", header=True, ordering="schema_name")
    def merchant(self, tenant: Tenant) -> list[str]:
        return [tenant.name, tenant.schema_name]

    @display(description="State", label=COLORS, ordering="state")
    def shown_state(self, tenant: Tenant) -> str:
        return tenant.get_state_display()

    @display(
        description="Last run",
        label={"Done": "success", "Cancelled": "warning", "Failed": "danger"}
        | {Run.State.QUARANTINED.label: "danger"},
    )
    def last_run(self, tenant: Any) -> str:
        return Run.State(tenant.last_state).label if tenant.last_state else "None yet"

    @display(description="Oldest lag", ordering="late_since")
    def lag(self, tenant: Any) -> str:
        if tenant.late_since is None or tenant.state != Tenant.State.READY:
            return "–"
        return timesince(tenant.late_since, depth=1)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # the page below asks for the slug

    def get_urls(self) -> list[URLPattern]:
        steps = {
            "suspend": (self.suspend_view, "change"),
            "resume": (self.resume_view, "change"),
            "retry": (self.retry_view, "add"),
            "remove": (self.remove_view, "delete"),
            "rename": (self.rename_view, "change"),
            "host": (self.host_view, "change"),
        }
        own = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(_allowed(view, f"tenants.{verb}_tenant")),
                name=f"tenants_tenant_{name}",
            )
            for name, (view, verb) in steps.items()
        ]
        return own + super().get_urls()

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask for a merchant; its set-up runs in the background, on its own page."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = MerchantForm(request.POST or None)
        if form.is_valid() and (tenant := form.save()) is not None:
            self.log_addition(request, tenant, "Requested")
            return redirect("admin:tenants_tenant_change", tenant.pk)
        return self._page(request, "tenants/platform_add.html", title="New merchant", form=form)

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the merchant, and what may be done about it."""
        tenant = get_object_or_404(self.get_queryset(request), pk=object_id)
        if not self.has_view_permission(request, tenant):
            raise PermissionDenied
        runs = list(Run.objects.filter(tenant=tenant)[:SHOWN_RUNS])
        platform_jobs = ("provision", "delete_merchant")
        return self._page(
            request,
            "tenants/platform_merchant.html",
            title=tenant.name,
            tenant=tenant,
            hosts=list(tenant.domains.order_by("-is_primary", "domain")),
            set_up=next((run for run in runs if run.job in platform_jobs and run.is_live), None),
            runs=runs,
            is_current=tenant.migrated_to == current_version(),
            is_deletable=tenant.state in DELETABLE,
            suspend_form=SuspendForm(),
            rename_form=RenameForm(initial={"name": tenant.name, "industry": tenant.industry}),
            host_form=HostForm(),
        )

    def suspend_view(self, request: HttpRequest, tenant: Tenant) -> HttpResponse:
        form = SuspendForm(request.POST)
        if not form.is_valid():
            messages.error(request, "Give a reason, so that others know why.")
            return redirect("admin:tenants_tenant_change", tenant.pk)
        suspend(tenant, reason=form.cleaned_data["reason"])
        return self._done(request, tenant, f"{tenant.name} is suspended.")

    def resume_view(self, request: HttpRequest, tenant: Tenant) -> HttpResponse:
        resume(tenant)
        return self._done(request, tenant, f"{tenant.name} is open again.")

    def retry_view(self, request: HttpRequest, tenant: Tenant) -> HttpResponse:
        retry(tenant)
        return self._done(request, tenant, f"{tenant.name} is being set up again.")

    def rename_view(self, request: HttpRequest, tenant: Tenant) -> HttpResponse:
        form = RenameForm(request.POST)
        if not form.is_valid():
            raise ValidationError("Give the merchant a name and an industry.")
        rename(tenant, **form.cleaned_data)
        return self._done(request, tenant, f"{tenant.name} is saved.")

    def host_view(self, request: HttpRequest, tenant: Tenant) -> HttpResponse:
        """Add a host, take one away, or let links name it, as the button says."""
        return self._done(request, tenant, change_hosts(tenant, request.POST))

    def remove_view(self, request: HttpRequest, tenant: Tenant) -> HttpResponse:
        """Ask for the slug, then delete in the background."""
        form = DeleteForm(request.POST or None)
        if form.is_valid():
            try:
                request_deletion(tenant, typed_slug=form.cleaned_data["slug"])
            except ValidationError as error:
                form.add_error("slug", error)
            else:
                self._done(request, tenant, f"{tenant.name} is being deleted.")
                return redirect("admin:tenants_tenant_changelist")
        title = f"Delete {tenant.name}?"
        template = "tenants/platform_remove.html"
        return self._page(request, template, title=title, tenant=tenant, form=form)

    def _done(self, request: HttpRequest, tenant: Tenant, words: str) -> HttpResponse:
        self.log_change(request, tenant, words)
        messages.success(request, words)
        return redirect("admin:tenants_tenant_change", tenant.pk)

    def _page(self, request: HttpRequest, template: str, **facts: Any) -> HttpResponse:
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        trail = [{"title": "Merchants", "link": reverse("admin:tenants_tenant_changelist")}]
        context = self.admin_site.each_context(request) | {"trail": trail} | facts
        is_refused = "form" in facts and facts["form"].is_bound
        return render(request, template, context, status=422 if is_refused else 200)


def _allowed(view: View, permission: str) -> View:
    """Let `view(request, tenant)` be reached by POST with `permission`; say in words why not."""

    @wraps(view)
    def checked(request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm(permission):
            raise PermissionDenied
        tenant = get_object_or_404(Tenant.objects.exclude(schema_name="public"), pk=pk)
        if request.method != "POST" and permission != "tenants.delete_tenant":
            return redirect("admin:tenants_tenant_change", pk)
        try:
            return view(request, tenant)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("admin:tenants_tenant_change", pk)

    return checked
