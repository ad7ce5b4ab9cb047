"""Shopify's way back on the bare domain: the browser is sent on to the merchant's own host."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from integrations.shopify.oauth import InstallRefused, read_state
from tenants.addresses import merchant_url
from tenants.models import Domain


@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Send on whoever carries a state of ours; nothing is read or kept here."""
    try:
        schema = read_state(request.GET.get("state", "")).schema
        url = merchant_url("/admin/integrations/shopify/callback/", schema=schema)
    except (InstallRefused, Domain.DoesNotExist):
        return HttpResponse("This way back from Shopify is not valid any more.", status=400)
    return redirect(f"{url}?{request.GET.urlencode()}")
