"""Two addresses for load balancers, answered before any merchant is looked up."""

from collections.abc import Callable

from django.core.cache import cache
from django.db.utils import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from redis.exceptions import RedisError

from tenants.schema import connection


class HealthMiddleware:
    """`/healthz`: the process answers. `/readyz`: PostgreSQL does; Redis is tolerated."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz":
            return HttpResponse("ok", content_type="text/plain")
        if request.path == "/readyz":
            return _readiness()
        return self.get_response(request)


def _readiness() -> JsonResponse:
    parts = {"postgresql": _postgresql_answers(), "redis": _redis_answers()}
    return JsonResponse(parts, status=200 if parts["postgresql"] else 503)


def _postgresql_answers() -> bool:
    try:
        connection.set_schema_to_public()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis_answers() -> bool:
    try:
        cache.get("readyz")
    except RedisError:
        return False
    return True
