"""The project's addresses and one that asks for a key as all do, and then does nothing."""

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from config.urls import urlpatterns as own
from tenants.web.views import ApiView


class Empty(ApiView):
    """What any address of the API costs: host, key, rate, permission, an answer."""

    scopes = {"POST": ("promo:check",)}

    def post(self, request: Request) -> Response:
        """Answer nothing."""
        return Response({})


urlpatterns = [path("api/v1/empty/", Empty.as_view()), *own]
