"""The addresses of Shopify's segments below /api/v1/; before those that take any segment's name."""

from django.urls import path

from integrations.shopify.segments.api import ShopifySegments, ShopifySegmentsSync

urlpatterns = [
    path("segments/shopify/", ShopifySegments.as_view(), name="shopify_segments"),
    path("segments/shopify/sync/", ShopifySegmentsSync.as_view(), name="shopify_segments_sync"),
]
