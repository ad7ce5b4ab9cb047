"""The drawer “why is she here”, and “until when” on a customer's page."""

import time
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from commerce.admin.contact import sees_contact, shown_name
from commerce.models import Customer
from commerce.patience import TooSlowError, patience
from segments.admin.builder_panel import WITHHELD
from segments.admin.builder_reading import names_people
from segments.catalogue import StoreCatalogue
from segments.explain import explain
from segments.models import Membership, Segment
from segments.rules.errors import RuleError
from segments.rules.parse import parse
from tenants.pages import Page, PageView, register

WAIT_MS = 3_000
LISTED = 50
PATIENCE = 1.0  # seconds for the outlooks of one customer's page; the rest are one click away


class WhyPage(PageView):
    """Why a customer is in a segment or not: `?segment=…&customer=…`; a fragment for the drawer."""

    def get_template_names(self) -> list[str]:
        is_drawer = "HX-Request" in self.request.headers
        return ["segments/why.html" if is_drawer else "segments/why_page.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        request = self.request
        segment = get_object_or_404(Segment, pk=_number(request, "segment"))
        customer = get_object_or_404(Customer, pk=_number(request, "customer"))
        sees = sees_contact(request)
        name = shown_name(customer, sees=sees)
        told = _told(request, segment, customer.pk, sees=sees)
        return super().get_context_data(
            segment=segment, customer=customer, name=name, title=name, **told, **kwargs
        )


def _told(
    request: HttpRequest, segment: Segment, customer_id: int, *, sees: bool
) -> dict[str, Any]:
    if _is_withheld(segment, sees=sees):
        return {"problem": WITHHELD}
    try:
        with patience(WAIT_MS):
            told = explain(
                segment=segment, customer_id=customer_id, sees_contact=sees, asker=request.user
            )
    except RuleError as fault:
        return {"problem": f"The segment's rule does not hold any more: {fault.message}"}
    except TooSlowError:
        return {"problem": "This rule is too slow to explain now. Try again in a moment."}
    return {"told": told, "is_stale": told.is_member is not None and told.is_member != told.holds}


def _is_withheld(segment: Segment, *, sees: bool) -> bool:
    if sees or segment.kind != Segment.Kind.RULES:
        return False
    try:
        return names_people(parse(segment.rules, StoreCatalogue()))
    except RuleError:
        return False


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    if not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)


@require_safe
def until(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    """Answer the segments of a customer with until when, as many as a second tells."""
    customer = get_object_or_404(Customer, pk=customer_id)
    told = {"customer": customer, "memberships": outlooks(request, customer)}
    return TemplateResponse(request, "segments/customer_memberships.html", told)


def outlooks(request: HttpRequest, customer: Customer) -> list[dict[str, Any]]:
    """Return the memberships of a customer, newest first, each with what time will do."""
    ends, sees = time.monotonic() + PATIENCE, sees_contact(request)
    found = []
    for membership in memberships_of(customer):
        segment, said = membership.segment, ""
        moves = segment.kind == Segment.Kind.RULES and segment.stands_on.get("is_temporal")
        if moves and time.monotonic() < ends:
            told = _told(request, segment, customer.pk, sees=sees).get("told")
            said = told.outlook if told and told.changes_on else ""
        found.append({"row": membership, "outlook": said})
    return found


def memberships_of(customer: Customer) -> list[Membership]:
    """Return the newest memberships of a customer with their segments."""
    rows = Membership.objects.filter(customer=customer).select_related("segment")
    return list(rows.order_by("-since", "segment_id")[:LISTED])


SEE = "segments.view_segment"
register(Page("segment_why", "Why", "segments/segment/why/", WhyPage, SEE))
register(
    Page("segment_until", "Until when", "segments/segment/until/<int:customer_id>/", until, SEE)
)
