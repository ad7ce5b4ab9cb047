"""The addresses of Klaviyo below /api/v1/."""

from django.urls import path

from integrations.klaviyo.api.views import Config, Lists, SyncNow

urlpatterns = [
    path("integrations/klaviyo/lists/", Lists.as_view(), name="klaviyo_lists"),
    path("integrations/klaviyo/config/", Config.as_view(), name="klaviyo_config"),
    path("integrations/klaviyo/sync/", SyncNow.as_view(), name="klaviyo_sync"),
]
