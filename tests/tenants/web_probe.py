"""An API of one floor nobody built: to try the rooms that every API stands in."""

from typing import Any

from django.contrib.auth.models import User
from django.urls import include, path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.urls import urlpatterns as own
from tenants.web.views import ApiView


class BrokenError(Exception):
    """What nobody expected."""


class ProbeBody(serializers.Serializer):
    name = serializers.CharField(max_length=5)
    amounts = serializers.ListField(child=serializers.IntegerField(), required=False)


class Probe(ApiView):
    scopes = {"GET": ("segments:read",), "POST": ("segments:write", "customers:read")}
    ordering = ("username", "pk")

    def get(self, request: Request) -> Response:
        if "break" in request.query_params:
            raise BrokenError("the secret inside")
        return self.page(User.objects.all(), lambda user: user.username)

    def post(self, request: Request) -> Response:
        body = ProbeBody(data=request.data)
        body.is_valid(raise_exception=True)
        return Response({"name": body.validated_data["name"]}, status=201)


class Forgetful(ApiView):
    def get(self, request: Request) -> Response:
        return Response({})


probes: Any = ([path("probe/", Probe.as_view()), path("forgetful/", Forgetful.as_view())], "probe")
urlpatterns = [path("api/v1/", include(probes)), *own]
