"""The addresses of this floor below /api/v1/."""

from django.urls import path

from samples.api.listing import SampleList
from samples.api.settings import SampleSettingsView
from samples.api.stats import SampleStats

urlpatterns = [
    path("samples/", SampleList.as_view(), name="samples"),
    path("samples/stats/", SampleStats.as_view(), name="samples_stats"),
    path("samples/settings/", SampleSettingsView.as_view(), name="samples_settings"),
]
