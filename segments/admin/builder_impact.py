"""What saving an edit would change: who enters, who leaves, and what depends on the segment."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from commerce.admin.contact import sees_contact, shown_name
from commerce.patience import TooSlowError, patience
from commerce.templatetags.facts import count, money
from segments import usages
from segments.admin.builder_reading import contact_faults, read_body, refusal
from segments.models import Segment
from segments.patient_preview import TOO_SLOW, WAIT_MS
from segments.preview import Asked
from segments.rules.errors import RuleError


@require_POST
def impact(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Answer who would enter and leave a segment if the rule were saved, and who uses it."""
    segment = get_object_or_404(Segment, pk=segment_id, kind=Segment.Kind.RULES)
    try:
        asked = Asked(read_body(request).get("rules"), asker=request.user)
    except RuleError as fault:
        return refusal(fault)
    if refused := contact_faults(asked.tree, request):
        return refusal(*refused)
    uses = [
        {"kind": use.kind, "name": use.name, "link": use.address} for use in usages.uses_of(segment)
    ]
    try:
        with patience(WAIT_MS):
            found = asked.impact(segment)
    except TooSlowError:
        return JsonResponse({"errors": [], "slow": TOO_SLOW, "uses": uses})
    sees = sees_contact(request)
    moves = {name: _move(part, sees=sees) for name, part in found.items()}
    return JsonResponse({"errors": [], "slow": "", "uses": uses, **moves})


def _move(part: dict[str, Any], *, sees: bool) -> dict[str, Any]:
    return {
        "customers": part["customers"],
        "words": count(part["customers"]),
        "revenue": str(money(part["revenue"])),
        "samples": [
            {
                "name": shown_name(row.customer, sees=sees),
                "link": reverse("admin:commerce_customer_change", args=[row.pk]),
            }
            for row in part["samples"]
        ],
    }
