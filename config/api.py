"""The API's addresses below /api/v1/: each app's own list, in the order of the floors."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("commerce.api.urls")),
    path("", include("samples.api.urls")),
    path("", include("integrations.shopify.segments.urls")),
    path("", include("integrations.klaviyo.api.urls")),
    path("", include("segments.api.urls")),
    path("", include("segments.api.promo_urls")),
    # Last: an id of a source may hold slashes, and …/segments/ is no part of one.
    path("", include("commerce.api.customer_urls")),
]
