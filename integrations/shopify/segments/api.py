"""`segments/shopify/` and `segments/shopify/sync/`: Shopify's own segments, read only."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.models import ShopifySegment
from integrations.shopify.segments.jobs import sync_now
from tenants.web.answers import RunShape
from tenants.web.bodies import Body, read_body
from tenants.web.callers import person_of
from tenants.web.views import ApiView


class ShopifySegmentShape(serializers.Serializer[ShopifySegment]):
    """A segment made in Shopify."""

    id = serializers.IntegerField(source="pk", help_text="the segment's own id in Strata")
    slug = serializers.CharField(source="segment.slug")
    shopify_id = serializers.SerializerMethodField()
    store = serializers.CharField(source="store.domain")
    name = serializers.CharField()
    query = serializers.CharField()
    members_count = serializers.IntegerField(
        source="segment.members_count", help_text="mirrored customers who are in it"
    )
    shopify_count = serializers.IntegerField(
        source="shop_count", allow_null=True, help_text="members as Shopify counts them"
    )
    unknown_count = serializers.IntegerField(
        allow_null=True, help_text="members Shopify names that are not mirrored"
    )
    state = serializers.CharField(source="segment.state")
    listed_at = serializers.DateTimeField()
    synced_at = serializers.DateTimeField(source="members_at", allow_null=True)
    error = serializers.CharField()

    def get_shopify_id(self, row: ShopifySegment) -> str:
        return f"gid://shopify/Segment/{row.external_id}"


class ShopifySegments(ApiView):
    """Segments of the connected Shopify stores."""

    scopes = {"GET": ("segments:read",)}
    serializer_class = ShopifySegmentShape

    def get(self, request: Request) -> Response:
        """Tell name, query, member counts and last sync of each."""
        rows = ShopifySegment.objects.select_related("segment", "store")
        return self.page(rows, lambda row: ShopifySegmentShape(row).data)


class SyncBody(Body):
    """Nothing to say: all segments are read."""


class ShopifySegmentsSync(ApiView):
    """Reading them again."""

    scopes = {"POST": ("segments:write",)}
    serializer_class = SyncBody

    def post(self, request: Request) -> Response:
        """Queue a sync of all of them, unless one waits already; answer 202 with its run."""
        read_body(SyncBody, request)
        told: dict[str, Any] = {"run": RunShape(sync_now(by=person_of(request))).data}
        return Response(told, status=202)
