"""Marking many orders at once: those ticked in the list, or those whose numbers are pasted."""

import re
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from commerce.models import Order
from commerce.rollups import BeingRecounted
from samples import marking
from samples.admin.list_page import CHANGE
from tenants.pages import Page, register

SHOWN = 10  # numbers named in a message
SEPARATORS = re.compile(r"[\s,;]+")
DONE = {
    "ugc": "marked as UGC sample",
    "tiktok": "marked as TikTok sample",
    "none": "marked as no sample",
    "": "left to the settings again",
}


@require_POST
def mark_many(request: HttpRequest) -> HttpResponseBase:
    """Write what somebody says about many orders, and show the list again."""
    verdict, query = request.POST.get("verdict", ""), request.POST.get("query", "")
    ids = [int(pk) for pk in request.POST.getlist("ids") if pk.isdecimal() and len(pk) < 19]
    numbers = [number for number in SEPARATORS.split(request.POST.get("numbers", "")) if number]
    try:
        if len(numbers) > marking.MOST:
            raise marking.MarkRefused(f"Mark at most {marking.MOST:,} orders at once.")
        named, unclear = orders_numbered(numbers)
        _mark(request, [*ids, *named], verdict=verdict)
        _tell_unclear(request, unclear)
    except (BeingRecounted, marking.MarkRefused) as refusal:
        messages.error(request, str(refusal))
    address = reverse("admin:samples")
    return HttpResponseRedirect(f"{address}?{query}" if query else address)


def _mark(request: HttpRequest, ids: Sequence[int], *, verdict: str) -> None:
    if not ids:
        messages.error(request, "Tick samples in the list, or enter order numbers.")
        return
    count = marking.mark(ids, verdict=verdict, by=request.user, at=timezone.now())
    orders = "1 order" if count == 1 else f"{count:,} orders"
    messages.success(request, f"{orders} {DONE[verdict]}. The numbers follow at once.")


def _tell_unclear(request: HttpRequest, unclear: Sequence[str]) -> None:
    if unclear:
        more = f" and {len(unclear) - SHOWN:,} more" if len(unclear) > SHOWN else ""
        named = ", ".join(unclear[:SHOWN])
        words = f"Not found, or the number of several orders: {named}{more}."
        messages.warning(request, f"{words} Mark those on the order's own page.")


def orders_numbered(numbers: Sequence[str]) -> tuple[list[int], list[str]]:
    """Return the orders with these numbers, with or without “#”, and the numbers that name not one.

    A number that several orders share is left to a person.
    """
    bare = {number.lstrip("#"): number for number in numbers}
    forms = [form for number in bare for form in (number, f"#{number}")]
    found: dict[str, list[int]] = {}
    for pk, number in Order.objects.filter(number__in=forms).values_list("pk", "number"):
        found.setdefault(number.lstrip("#"), []).append(pk)
    clear = [pks[0] for pks in found.values() if len(pks) == 1]
    return clear, [told for number, told in bare.items() if len(found.get(number, ())) != 1]


register(Page("samples_mark_many", "Mark samples", "samples/mark/", mark_many, CHANGE))
