"""`promo-codes/{code}/eligibility/` and `promo-codes/eligibility/`: may they use it, and why."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from segments.api.promo_bodies import WAYS, read_person, refuse_unknown
from segments.api.promo_codes import key_of
from segments.promotions.checking import MOST, check, check_many
from segments.promotions.judging import Reason, Standing, Verdict
from tenants.schema import connection
from tenants.web.problems import Fault, Refusal, invalid
from tenants.web.views import ApiView

PERSON = (*WAYS, "source")
SEES_SEGMENTS, SEES_CUSTOMERS = "segments.view_membership", "commerce.view_customer"
# What a key hears that may not read segments: nobody learns from it who is in which.
UNIFORM = Reason("not_for_this_customer", "This code is not for this customer.")
EASY = Reason("eligible", "This customer may use the code.")
MAX_BYTES = 512 * 1024  # 500 customers by gid


class ReasonShape(serializers.Serializer[Any]):
    """Why, for programs and for people."""

    code = serializers.CharField()
    message = serializers.CharField()
    segments = serializers.ListField(child=serializers.IntegerField())


class StandingShape(serializers.Serializer[Any]):
    """A segment of the code, and whether the customer is in it."""

    id = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    side = serializers.ChoiceField(choices=["include", "exclude"])
    is_member = serializers.BooleanField()
    as_of = serializers.DateTimeField(allow_null=True, help_text="when it was counted")
    is_live = serializers.BooleanField(help_text="evaluated for this answer")


class VerdictShape(serializers.Serializer[Any]):
    """A reasoned yes or no."""

    code = serializers.CharField()
    eligible = serializers.BooleanField()
    reasons = ReasonShape(many=True)
    customer = serializers.IntegerField(allow_null=True, required=False)
    segments = StandingShape(many=True, required=False)


class CheckShape(VerdictShape):
    """The answer to one check."""

    as_of = serializers.DateTimeField()
    discount = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    currency = serializers.CharField()


class EligibilityOne(ApiView):
    """May this customer use this code now?"""

    scopes = {"POST": ("promo:check",)}
    more_with = ("segments:read", "customers:read")
    serializer_class = CheckShape

    def post(self, request: Request, code: str) -> Response:
        """Check one customer; one query after the key. `live` evaluates the rules now."""
        data: Any = request.data
        refuse_unknown(data, (*PERSON, "live"))
        person, at = read_person(data), timezone.now()
        is_live = data.get("live", False)
        if not isinstance(is_live, bool):
            raise Refusal(invalid(Fault("live is true or false.", ("live",))))
        verdict = check(key_of(code), person, at=at, is_live=is_live)
        if verdict is None or verdict.found is None:
            raise Http404
        value = verdict.found.value
        return Response(
            _told(verdict, request.user)
            | {
                "as_of": at,
                "discount": verdict.found.discount,
                "value": None if value is None else f"{value.normalize():f}",
                "currency": connection.tenant.currency,
            }
        )


class EligibilityMany(ApiView):
    """Every code for every customer, 500 answers at most."""

    scopes = {"POST": ("promo:check",)}
    more_with = ("segments:read", "customers:read")
    max_bytes = MAX_BYTES
    serializer_class = VerdictShape

    def post(self, request: Request) -> Response:
        """Check many at once; `place` says which of the customers an answer is about."""
        data: Any = request.data
        at = timezone.now()
        refuse_unknown(data, ("codes", "customers"))
        codes, customers = _list(data, "codes"), _list(data, "customers")
        if len(codes) * len(customers) > MOST:
            words = f"Codes times customers are {MOST} at most."
            raise Refusal(invalid(Fault(words, ("customers",))))
        for place, code in enumerate(codes):
            if not isinstance(code, str) or not 1 <= len(code) <= 256:
                raise Refusal(invalid(Fault("A code is a text.", ("codes", place))))
        for place, one in enumerate(customers):
            refuse_unknown(one, PERSON, path=("customers", place))
        people = [
            read_person(one, path=("customers", place)) for place, one in enumerate(customers)
        ]
        found = check_many(codes, people, at=at)
        results = [{"place": place, **_told(one, request.user)} for place, one in found]
        return Response({"as_of": at, "results": results})


def _list(data: Any, name: str) -> list[Any]:
    found = data.get(name)
    if not isinstance(found, list) or not 1 <= len(found) <= MOST:
        raise Refusal(invalid(Fault(f"{name} is a list of 1 to {MOST}.", (name,))))
    return found


def _told(verdict: Verdict, asker: Any) -> dict[str, Any]:
    sees = asker.has_perm(SEES_SEGMENTS)
    told: dict[str, Any] = {
        "code": verdict.code,
        "eligible": verdict.is_eligible,
        "reasons": [_reason(one) for one in _sayable(verdict, sees=sees)],
    }
    if asker.has_perm(SEES_CUSTOMERS):
        told["customer"] = verdict.customer
    if sees:
        told["segments"] = [_standing(one) for one in verdict.standings]
    return told


def _sayable(verdict: Verdict, *, sees: bool) -> list[Reason]:
    """Return the reasons a caller may hear: without segments, the private ones come to one."""
    if sees:
        return list(verdict.reasons)
    told = [one for one in verdict.reasons if not one.is_private]
    if len(told) < len(verdict.reasons):
        told.append(EASY if verdict.is_eligible else UNIFORM)
    return told


def _reason(one: Reason) -> dict[str, Any]:
    return {"code": one.code, "message": one.message, "segments": one.segments}


def _standing(one: Standing) -> dict[str, Any]:
    side = one.side
    return {
        "id": side.id,
        "slug": side.slug,
        "name": side.name,
        "kind": side.kind,
        "side": "exclude" if side.is_excluded else "include",
        "is_member": one.is_member,
        "as_of": one.as_of,
        "is_live": one.is_live,
    }
