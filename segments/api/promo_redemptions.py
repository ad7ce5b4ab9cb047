"""`promo-codes/{code}/redemptions/`: that a code was used, once per key of the caller."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from segments.api.promo_bodies import WAYS, UseBody, read_person, refuse_unknown
from segments.api.promo_checks import SEES_SEGMENTS, UNIFORM
from segments.api.promo_codes import code_of, key_of
from segments.api.promo_shapes import RedemptionShape
from segments.models import PromoCode, Redemption
from segments.promotions.redeeming import (
    KeyReusedError,
    NotRedeemedError,
    Use,
    cancel,
    redeem,
)
from segments.promotions.saving import actor_name
from tenants.web.callers import person_of
from tenants.web.problems import Fault, Problem, Refusal, invalid, translate
from tenants.web.views import ApiView

FIELDS = (*WAYS, "source", "key", "order", "amount", "check")
LONGEST_KEY = 191
translate(KeyReusedError, lambda error: Problem(409, str(error), [Fault(str(error), ("key",))]))


class RedemptionList(ApiView):
    """The uses of a code, newest first; a new one."""

    scopes = {"GET": ("promo:read",), "POST": ("promo:redeem",)}
    ordering = ("-redeemed_at", "-pk")
    serializer_class = RedemptionShape

    def get(self, request: Request, code: str) -> Response:
        """List the uses of a code, those taken back included."""
        rows = Redemption.objects.filter(code=code_of(code))
        return self.page(rows, lambda row: RedemptionShape(row).data)

    def post(self, request: Request, code: str) -> Response:
        """Record a use (201); the same key again answers with what it stands for (200)."""
        data: Any = request.data
        refuse_unknown(data, FIELDS)
        use, person = _use(request), person_of(request)
        by = person.get_username() if person else actor_name(request.user)
        try:
            row, is_new = redeem(key_of(code), use, by=by, at=timezone.now())
        except PromoCode.DoesNotExist:
            raise Http404 from None
        except NotRedeemedError as error:
            raise Refusal(_refused(error, request)) from None
        return Response(RedemptionShape(row).data, status=201 if is_new else 200)


class RedemptionOne(ApiView):
    """One use of a code, by the caller's key."""

    scopes = {"DELETE": ("promo:redeem",)}
    serializer_class = RedemptionShape

    def delete(self, request: Request, code: str, key: str) -> Response:
        """Take a use back: the order was cancelled. It counts no more; twice changes nothing."""
        try:
            row = cancel(key_of(code), key.replace("\0", ""), at=timezone.now())
        except (PromoCode.DoesNotExist, Redemption.DoesNotExist):
            raise Http404 from None
        return Response(RedemptionShape(row).data)


def _use(request: Request) -> Use:
    data: Any = request.data
    body = UseBody(data={name: data[name] for name in ("order", "amount", "check") if name in data})
    body.is_valid(raise_exception=True)
    told = body.validated_data
    return Use(
        key=_key(data.get("key", request.headers.get("Idempotency-Key"))),
        person=read_person(data),
        order=told.get("order", ""),
        amount=told.get("amount"),
        only_limits=told.get("check") == "limits",
    )


def _key(value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= LONGEST_KEY:
        words = f"Give the use a key of your own, up to {LONGEST_KEY} characters: an order's id."
        raise Refusal(invalid(Fault(words, ("key",))))
    return value.strip()


def _refused(error: NotRedeemedError, request: Request) -> Problem:
    sees = request.user.has_perm(SEES_SEGMENTS)
    reasons = error.verdict.reasons
    told = [one for one in reasons if sees or not one.is_private]
    if len(told) < len(reasons):
        told.append(UNIFORM)
    faults = [Fault(one.message, (one.code,)) for one in told]
    return Problem(409, " ".join(one.message for one in told), faults)
