"""URLs of a merchant's own host."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from config.api_docs import docs_view
from config.openapi import SchemaView
from integrations.shopify.webhooks.view import PATH as SHOPIFY_WEBHOOKS
from integrations.shopify.webhooks.view import receive
from tenants.web.views import no_such_address

urlpatterns = [
    path("admin/", admin.site.urls),
    path(SHOPIFY_WEBHOOKS, receive, name="shopify_webhook"),
    path("api/v1/", include("config.api")),
    path("api/schema/", SchemaView.as_view()),
    path("api/docs/", docs_view, name="api_docs"),
    re_path(r"^api(?:/|$)", no_such_address),
    path("", include("tenants.access.urls")),
    path("", include("segments.digest.urls")),
    path("", RedirectView.as_view(url="/admin/")),
]
