"""The view every API address is made of."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from rest_framework.authentication import SessionAuthentication
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenants.access.models import Answer, ServiceKey
from tenants.web import matching, once
from tenants.web.callers import KeyAuthentication
from tenants.web.pages import CursorPages
from tenants.web.permission import ScopePermission, Scopes
from tenants.web.problems import Problem, Refusal, answer, plain_answer
from tenants.web.rates import Rate, spend
from tenants.web.reading import MAX_BYTES, StrictJsonParser

METHODS = ["get", "post", "patch", "put", "delete", "head"]


class AlwaysJson(DefaultContentNegotiation):
    """JSON for everybody, whatever a client says it accepts."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, first.media_type


class ApiView(APIView):
    """One address. Subclasses say the scopes of each method, and translate to one service call.

    `scopes = {"GET": ("segments:read",), "POST": ("segments:write",)}`. Errors are exceptions:
    REST framework's, Django's ValidationError, `Refusal`, or any kind a floor gave a translation.
    """

    scopes: ClassVar[Scopes] = {}
    more_with: ClassVar[tuple[str, ...]] = ()  # scopes without which part of an answer is left out
    ordering: tuple[str, ...] = ("pk",)  # of `page`
    max_bytes: ClassVar[int] = MAX_BYTES
    authentication_classes = (KeyAuthentication, SessionAuthentication)
    permission_classes = (ScopePermission,)
    throttle_classes = ()
    parser_classes: Sequence[type[BaseParser]] = (StrictJsonParser,)
    renderer_classes: Sequence[type[BaseRenderer]] = (JSONRenderer,)
    content_negotiation_class = AlwaysJson
    pagination_class = CursorPages
    http_method_names = METHODS
    # Whether a write may be one transaction with the answer kept for its `Idempotency-Key`.
    is_one_transaction: ClassVar[bool] = True
    rate: Rate | None = None
    claimed: Answer | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer; a write with a key or a condition is one transaction, undone when refused."""
        is_held = once.is_asked(request) and self.is_one_transaction
        if not is_held and not matching.is_asked(request):
            return self._kept(super().dispatch(request, *args, **kwargs))
        with transaction.atomic():
            response = self._kept(super().dispatch(request, *args, **kwargs))
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Once it is known who asks: was this done already, and is it still what they saw?"""
        super().initial(request, *args, **kwargs)
        if once.is_asked(request):
            self.claimed = once.claim(request, at=timezone.now())
        if matching.is_asked(request):
            if not hasattr(self, "get"):
                raise Refusal(Problem(412, matching.NO_VERSIONS))
            matching.hold(request.path)
            matching.refuse_changed(request, self.get(request, *args, **kwargs).data)

    def handle_exception(self, exc: Exception) -> Response:
        return exc.response if isinstance(exc, once.Replay) else super().handle_exception(exc)

    def _kept(self, response: Any) -> Any:
        if self.claimed is not None and response.status_code < 400:
            once.keep(self.claimed, response)
        elif self.claimed is not None and not self.is_one_transaction:
            once.give_up(self.claimed)
        return response

    def perform_authentication(self, request: Request) -> None:
        """Learn who asks, and count it: requests that may not be made count too."""
        super().perform_authentication(request)
        if not isinstance(request.auth, ServiceKey):
            return
        self.rate = spend(request.auth, at=timezone.now())
        if self.rate is not None and self.rate.is_spent:
            words = f"This key may ask {self.rate.limit:,} times a minute. Wait a little."
            after = {"Retry-After": str(self.rate.resets_in)}
            raise Refusal(Problem(429, words, headers=after))

    def get_exception_handler(self) -> Callable[..., Response]:
        return answer

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        if response.status_code in (200, 201) and self._has_tag(request, response.data):
            response["ETag"] = matching.etag_of(response.data)
        for name, value in (self.rate.headers() if self.rate else {}).items():
            response[name] = value
        return response

    def _has_tag(self, request: Request, data: Any) -> bool:
        """Tell an ETag of what has a version, and where it can be asked for with If-Match."""
        if isinstance(data, dict) and "version" in data:
            return True
        return request.method == "GET" and bool({"PATCH", "DELETE"} & self.scopes.keys())

    def page(self, rows: Any, to_json: Callable[[Any], Any]) -> Response:
        """Answer one page of a query set, each row through `to_json`."""
        pages = self.pagination_class()
        found = pages.paginate_queryset(rows, self.request, self)
        return pages.get_paginated_response([to_json(row) for row in found])


@csrf_exempt
def no_such_address(request: HttpRequest) -> HttpResponse:
    """Answer whatever no API address stands for."""
    slash = "" if request.path.endswith("/") else " Addresses end with a slash."
    return plain_answer(Problem(404, f"There is nothing at this address.{slash}"))
