"""The addresses of this floor below /api/v1/."""

from django.urls import path

from commerce.api.events import EventIntake

urlpatterns = [path("events/", EventIntake.as_view(), name="events")]
