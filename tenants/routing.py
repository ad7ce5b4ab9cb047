"""From a request's host to its merchant."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django_tenants.middleware.main import TenantMainMiddleware

from tenants.models import Tenant
from tenants.web.problems import Problem, plain_answer


class TenantMiddleware(TenantMainMiddleware):
    """Enter the merchant of the host, in any case; one that is not ready gets a page in words."""

    @staticmethod
    def hostname_from_request(request: HttpRequest) -> str:
        return request.get_host().split(":")[0].lower().rstrip(".")

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        timezone.deactivate()
        response = super().process_request(request)
        tenant = getattr(request, "tenant", None)
        if response is not None or tenant is None:
            return response
        timezone.activate(tenant.zone)  # pages show the merchant's own times
        is_static = request.path.startswith(settings.STATIC_URL)  # what the page below needs
        if tenant.state == Tenant.State.READY or is_static:
            return None
        return _not_ready(request, tenant)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        timezone.deactivate()
        return response


def _not_ready(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    if request.path.startswith("/api/"):
        return plain_answer(Problem(503, "This shop is not open at the moment."))
    response = render(request, "tenants/not_ready.html", {"tenant": tenant}, status=503)
    response["Cache-Control"] = "no-store"
    if tenant.state == Tenant.State.PROVISIONING:
        response["Retry-After"] = "10"
    return response
