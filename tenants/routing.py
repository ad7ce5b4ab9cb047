"""From a request's host to its merchant."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_tenants.middleware.main import TenantMainMiddleware

from tenants.models import Tenant


class TenantMiddleware(TenantMainMiddleware):
    """Enter the merchant of the host, in any case; a merchant that is not ready gets a page that says so."""

    @staticmethod
    def hostname_from_request(request: HttpRequest) -> str:
        return request.get_host().split(":")[0].lower().rstrip(".")

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        response = super().process_request(request)
        tenant = getattr(request, "tenant", None)
        if response is None and tenant is not None and tenant.state != Tenant.State.READY:
            return render(request, "tenants/not_ready.html", {"tenant": tenant}, status=503)
        return response
