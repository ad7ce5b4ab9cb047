"""`segments/{id}/customers/`: who is in a segment."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from segments.api.finding import segment_of
from segments.api.shapes import ContactShape, MemberShape
from segments.contacting import count_never_contacted, may_contact
from segments.models import Membership, Segment
from segments.services import own_ids
from tenants.schema import connection
from tenants.web.pages import limit_of, number_of
from tenants.web.problems import Fault, Refusal, invalid
from tenants.web.scopes import sees_contact
from tenants.web.views import ApiView

FARTHEST = 10_000  # an offset reads all rows before it; the cursor goes on from there
CONTACT = ("first_name", "last_name", "email", "phone")


class SegmentMembers(ApiView):
    """Members by number: a cursor, or an offset of 10,000 at most."""

    scopes = {"GET": ("segments:read", "customers:read")}
    more_with = ("customers:contact",)
    ordering = ("customer_id",)
    serializer_class = MemberShape

    def get(self, request: Request, segment: str) -> Response:
        """List members with their orders and spend; contact details for those who may see them.

        As in an export, whoever is never to be contacted is left out, and counted.
        """
        row = segment_of(segment)
        sees = sees_contact(request)
        all_rows = Membership.objects.filter(segment=row)
        rows = all_rows.filter(may_contact("customer_id")).select_related("customer__metrics")
        if "offset" in request.query_params:
            return self._stretch(rows, _facts(row, all_rows), sees=sees)
        page = self.page(rows, lambda member: member)
        page.data["results"] = _told(page.data["results"], sees=sees)
        page.data |= _facts(row, all_rows)
        return page

    def _stretch(self, rows: Any, facts: dict[str, Any], *, sees: bool) -> Response:
        if "cursor" in self.request.query_params:
            words = "Give a cursor or an offset, not both."
            raise Refusal(invalid(Fault(words, ("cursor",))))
        limit = limit_of(self.request)
        offset = number_of(self.request, "offset", default=0, least=0, most=FARTHEST)
        found = list(rows.order_by("customer_id")[offset : offset + limit])
        return Response({"results": _told(found, sees=sees), **facts})


def _facts(row: Segment, members: Any) -> dict[str, Any]:
    return {
        "total": row.members_count,
        "never_contact": count_never_contacted(members.values("customer_id")),
        "as_of": row.refreshed_at,
        "currency": connection.tenant.currency,
    }


def _told(members: list[Membership], *, sees: bool) -> Any:
    ids = own_ids([member.customer_id for member in members])
    rows = [_member(member, ids, sees=sees) for member in members]
    return (ContactShape if sees else MemberShape)(rows, many=True).data


def _member(member: Membership, ids: dict[int, str], *, sees: bool) -> dict[str, Any]:
    customer = member.customer
    metrics = getattr(customer, "metrics", None)
    told = {
        "id": member.customer_id,
        "customer_id": ids.get(member.customer_id, ""),
        "since": member.since,
        "orders": metrics.orders_count if metrics else None,
        "spent": metrics.spent if metrics else None,
        "last_order_on": metrics.last_order_on if metrics else None,
    }
    if sees:
        told |= {name: getattr(customer, name) for name in CONTACT}
    return told
