"""URLs of a merchant's own host."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("tenants.access.urls")),
    path("", RedirectView.as_view(url="/admin/")),
]
