"""From the customers list, or a customer's page, into a segment chosen by hand."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from commerce.admin import bulk, customer_list
from commerce.columns import DOORS, Door
from commerce.patience import TooSlowError, patience
from segments import manual
from segments.admin.manual_page import page_of
from segments.models import Segment

LIST = "admin:commerce_customer_changelist"


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Ask which segment the ticked customers (or the whole list) go into, and put them in."""
    ids = _ids(request)
    if not ids:
        messages.error(request, "Tick at least one customer, or choose everybody in the list.")
        return HttpResponseRedirect(_back(request))
    if len(ids) > manual.MOST:
        messages.error(
            request, f"By hand, {manual.MOST:,} customers at most. Make it a segment with rules."
        )
        return HttpResponseRedirect(_back(request))
    errors: list[str] = []
    if request.POST.get("segment") or request.POST.get("name"):
        try:
            return _put_in(request, ids)
        except ValidationError as error:
            errors = error.messages
    shown: dict[str, Any] = {
        "total": len(ids),
        "ids": [] if request.POST.get("whole") else ids,
        "whole": request.POST.get("whole", ""),
        "segments": manual.manual_segments(),
        "errors": errors,
        "back": _back(request),
        "trail": [{"title": "Customers", "link": reverse(LIST)}],
    }
    return page_of(request, "segments/manual_choose.html", title="Put into a segment", **shown)


@require_POST
def take_out(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Take one customer out, and go back to their page."""
    segment = Segment.objects.filter(pk=segment_id, kind=Segment.Kind.MANUAL).first()
    ids = _ticked(request)
    if segment is not None and manual.remove_members(
        segment,
        ids,
        by=request.user,  # type: ignore[arg-type]
        at=timezone.now(),
    ):
        messages.success(request, f"Taken out of “{segment.name}”.")
    return HttpResponseRedirect(_back(request))


def _ids(request: HttpRequest) -> list[int]:
    try:
        with patience(customer_list.WAIT_MS):
            return bulk.chosen(request) or []
    except TooSlowError:
        messages.error(request, "Finding these customers takes too long. Add another filter.")
        return []


def _put_in(request: HttpRequest, ids: list[int]) -> HttpResponse:
    with transaction.atomic():
        segment = _wanted(request)
        put = manual.add_members(
            segment,
            ids,
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
    note = f"{put.added:,} put into “{segment.name}”."
    messages.success(request, f"{note} {put.doubles:,} were in already." if put.doubles else note)
    return HttpResponseRedirect(_back(request))


def _wanted(request: HttpRequest) -> Segment:
    """Return the segment chosen, or a new one of the name typed; raise ValidationError."""
    asked, name = request.POST.get("segment", ""), request.POST.get("name", "").strip()
    if name:
        return manual.create_manual(name=name, by=request.user)  # type: ignore[arg-type]
    found = [row for row in manual.manual_segments() if str(row.pk) == asked]
    if not found:
        raise ValidationError("Choose a segment, or type the name of a new one.")
    return found[0]


def _ticked(request: HttpRequest) -> list[int]:
    given = request.POST.getlist("ids")
    return [int(pk) for pk in given if pk.isdecimal() and len(pk) < 19]


def _back(request: HttpRequest) -> str:
    """Return the address to go back to: a customer's page, or the list as it was filtered."""
    customer = request.POST.get("customer", "")
    if customer.isdecimal() and len(customer) < 19:
        return reverse("admin:commerce_customer_change", args=[customer])
    query = request.GET.urlencode()
    return reverse(LIST) + (f"?{query}" if query else "")


DOORS.register(
    Door(
        "segment",
        "Put into a segment …",
        "admin:segments_segment_choose",
        "segments.change_segment",
    )
)
