"""`/api/schema/`: the whole API in OpenAPI, for keys and for people who are signed in."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenants.web.openapi import PROBLEM_SCHEMA
from tenants.web.views import ApiView

DESCRIBED = (
    "commerce.api.described",
    "samples.api.described",
    "segments.api.described",
    "segments.api.promo_described",
    "integrations.described",
)
INFO = {
    "title": "Strata",
    "version": "1",
    "description": "Segments, scores, customers, promo codes and samples of one shop. Send a "
    "service key as `Authorization: Bearer strata_…`. Unknown keys in a body are refused; errors "
    "are `application/problem+json`; lists are read by cursor; nothing carries CORS headers.",
}
SCHEMES = {
    "serviceKey": {"type": "http", "scheme": "bearer", "description": "A key of this shop."},
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
}


@cache
def schema() -> dict[str, Any]:
    """Return the description of the API, the same for every merchant; made once a process."""
    for name in filter(find_spec, DESCRIBED):
        import_module(name)
    generator = SchemaGenerator(patterns=[path("api/v1/", include("config.api"))])
    # Choices stand where they are asked, and once.
    quiet = {"POSTPROCESSING_HOOKS": [], "ENUM_GENERATE_CHOICE_DESCRIPTION": False}
    with patched_settings(quiet):
        found: dict[str, Any] = generator.get_schema(request=None, public=True)
    found["info"] = INFO
    components = found.setdefault("components", {})
    components["securitySchemes"] = SCHEMES
    components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    return found


class SchemaView(APIView):
    """The description; what may be asked stands in each operation's `x-scopes`."""

    authentication_classes = ApiView.authentication_classes
    renderer_classes = ApiView.renderer_classes
    content_negotiation_class = ApiView.content_negotiation_class
    permission_classes = (IsAuthenticated,)
    throttle_classes = ()

    def get(self, request: Request) -> Response:
        """Return the API's description."""
        return Response(schema(), headers={"Cache-Control": "private, max-age=300"})

    def get_exception_handler(self) -> Any:
        return ApiView().get_exception_handler()
