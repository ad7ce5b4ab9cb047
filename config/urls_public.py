"""URLs of the bare domain: the platform's own admin."""

from django.urls import path
from django.views.generic import RedirectView

from integrations.shopify import coming_back
from integrations.shopify.webhooks.view import PATH as SHOPIFY_WEBHOOKS
from integrations.shopify.webhooks.view import receive
from tenants.admin import platform_site

urlpatterns = [
    path("admin/", platform_site.urls),
    path("integrations/shopify/callback/", coming_back.callback, name="shopify_callback"),
    path(SHOPIFY_WEBHOOKS, receive, name="shopify_webhook"),
    path("", RedirectView.as_view(url="/admin/")),
]
