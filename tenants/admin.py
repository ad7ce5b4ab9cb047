"""The platform's own admin, on the bare domain."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django_celery_beat.models import PeriodicTask
from unfold.sites import UnfoldAdminSite

from tenants.access.sign_in import GuardedSignIn
from tenants.models import Run, Tenant
from tenants.platform.lists import PeriodicTaskAdmin, PlatformUserAdmin, RunAdmin
from tenants.platform.merchants import MerchantAdmin
from tenants.platform.pages import index_context, show_status
from tenants.run_views import PAGES as RUN_PAGES


class PlatformSite(GuardedSignIn, UnfoldAdminSite):
    """Where the platform's staff create merchants and see how they are."""

    settings_name = "UNFOLD_PLATFORM"
    index_template = "tenants/platform_index.html"
    index_title = "Overview"

    def extra_urls(self) -> list[URLPattern]:
        """Return the addresses of the status page and of the runs' fragments."""
        own = [path("status/", self.admin_view(self.status), name="status")]
        return own + [page.url(self) for page in RUN_PAGES]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, index_context() | (extra_context or {}))

    def status(self, request: HttpRequest) -> HttpResponse:
        """Show how the installation is."""
        return show_status(request, self)


platform_site = PlatformSite(name="platform")
platform_site.register(Tenant, MerchantAdmin)
platform_site.register(Run, RunAdmin)
platform_site.register(User, PlatformUserAdmin)
platform_site.register(PeriodicTask, PeriodicTaskAdmin)
