"""`segments/catalogue/`: the rule language and this store's fields."""

from rest_framework.request import Request
from rest_framework.response import Response

from segments.admin.builder_words import vocabulary
from tenants.web.views import ApiView


class SegmentCatalogue(ApiView):
    """What rules may be made of."""

    scopes = {"GET": ("segments:read",)}

    def get(self, request: Request) -> Response:
        """Describe fields, behaviours, kinds, operators, measures and bounds."""
        return Response(vocabulary())
