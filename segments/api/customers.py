"""`customers/{id}/segments/` and `…/explain/`: which segments one customer is in, and why."""

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.patience import patience
from segments.api.definition import WITHHELD, names_people
from segments.api.finding import as_id, customer_id_of, segment_of
from segments.api.shapes import InSegmentShape
from segments.explain import explain
from segments.models import Membership
from segments.patient_preview import WAIT_MS
from tenants.web.problems import Fault, Refusal, invalid
from tenants.web.scopes import sees_contact
from tenants.web.views import ApiView


class CustomerSegments(ApiView):
    """The segments of a customer, by our id or, with `?source=`, by that source's."""

    scopes = {"GET": ("segments:read", "customers:read")}
    serializer_class = InSegmentShape

    def get(self, request: Request, customer: str) -> Response:
        """List them; one look at the index for whoever is in any."""
        pk = as_id(customer) if "source" not in request.query_params else None
        rows = _segments(pk) if pk is not None else []
        if pk is None or not rows:  # unknown, merged, in none, or named by a source
            pk = customer_id_of(customer, request)
            rows = _segments(pk)
        told = InSegmentShape(rows, many=True).data
        return Response({"customer": pk, "segments": told})


def _segments(pk: int) -> list[Membership]:
    found = Membership.objects.filter(customer_id=pk).select_related("segment")
    return list(found.order_by("segment_id"))


class CustomerExplain(ApiView):
    """Why a customer is, or is not, in a segment, and when time alone will change that."""

    scopes = {"GET": ("segments:read", "customers:read")}
    more_with = ("customers:contact", "segments:sensitive")

    def get(self, request: Request, customer: str) -> Response:
        """Explain, condition by condition; `?segment=` names the segment by id or slug."""
        asked = request.query_params.get("segment", "")
        if not asked:
            words = "Say which segment: ?segment= with its id or slug."
            raise Refusal(invalid(Fault(words, ("segment",))))
        pk, segment = customer_id_of(customer, request), segment_of(asked)
        sees = sees_contact(request)
        try:
            with patience(WAIT_MS):
                found = explain(
                    customer_id=pk, segment=segment, sees_contact=sees, asker=request.user
                )
        except ObjectDoesNotExist:  # a customer nothing was counted of yet
            raise Http404 from None
        told = found.as_dict() | {"segment": segment.pk}
        if not sees and names_people(segment.rules):
            told |= {"sentence": WITHHELD, "outlook": "", "rules": None}
        return Response(told)
