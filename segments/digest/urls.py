"""The address in front of the admin that ends the weekly letter, open to whoever holds a link."""

from django.urls import path

from segments.digest.off import digest_off

urlpatterns = [path("digest/off/<str:token>/", digest_off, name="digest_off")]
