"""URLs of the bare domain: the platform's own admin."""

from django.urls import path
from django.views.generic import RedirectView

from tenants.admin import platform_site

urlpatterns = [
    path("admin/", platform_site.urls),
    path("", RedirectView.as_view(url="/admin/")),
]
