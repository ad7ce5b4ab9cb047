"""What this floor shows elsewhere: on the dashboard, on a customer's and on an order's page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from commerce.admin.contact import sees_contact
from commerce.admin.page import today
from commerce.models import OrderPolicy
from commerce.rollups import BeingRecounted
from samples import marking, tallies
from samples.admin.list_page import CHANGE, LOOK, TONES, lines
from samples.figures import waiting
from samples.models import FollowUpSettings, SampleDecision, SampleOrder
from tenants.pages import Page, register
from tenants.panels import CUSTOMER, DASHBOARD, ORDER, Panel

SHOWN = 5


def pending(request: HttpRequest, subject: object) -> dict[str, Any] | None:
    """Return the samples still to be sent, the longest waiting first."""
    rows = SampleOrder.objects.filter(state=SampleOrder.State.PENDING)
    found = list(rows.select_related("order", "creator").order_by("placed_at", "order_id")[:SHOWN])
    if not found and not SampleOrder.objects.exists():
        return None
    return {
        "pending": tallies.pending(),
        "late": waiting(on=today()),
        "late_days": FollowUpSettings.current().pending_after_days,
        "lines": lines(found, sees=sees_contact(request)),
        "on": today(),
    }


def of_customer(request: HttpRequest, customer: Any) -> dict[str, Any] | None:
    """Return the samples that this customer received."""
    rows = SampleOrder.objects.filter(customer=customer)
    found = list(rows.select_related("order", "creator").order_by("-placed_on")[: SHOWN + 1])
    if not found:
        return None
    return {
        "lines": lines(found[:SHOWN], sees=sees_contact(request)),
        "total": rows.count() if len(found) > SHOWN else len(found),
    }


def of_order(request: HttpRequest, order: Any) -> dict[str, Any] | None:
    """Return whether the order is a sample and why, and what staff may say about it."""
    sample = SampleOrder.objects.select_related("order", "creator").filter(pk=order.pk).first()
    decision = SampleDecision.objects.filter(pk=order.pk).select_related("decided_by").first()
    may_change = request.user.has_perm(CHANGE)
    if sample is None and decision is None and not may_change:
        return None
    return {
        "order": order,
        "line": lines([sample], sees=sees_contact(request))[0] if sample else None,
        "tone": TONES[SampleOrder.State(sample.state)] if sample else "",
        "decision": decision,
        "may_change": may_change,
        "is_heeded": "sample" in OrderPolicy.current().excluded_reasons,
    }


@require_POST
def mark(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """Write what somebody says about an order, and show the order again."""
    verdict = request.POST.get("verdict", "")
    try:
        if order_id < 2**63 and marking.mark(
            [order_id], verdict=verdict, by=request.user, at=timezone.now()
        ):
            messages.success(request, "Saved. The numbers follow at once.")
        else:
            messages.error(request, "This order is not there any more.")
    except (BeingRecounted, marking.MarkRefused) as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("admin:commerce_order_change", args=[order_id]))


DASHBOARD.register(Panel("samples", "Samples", "samples/panel_pending.html", pending, 40, LOOK))
CUSTOMER.register(Panel("samples", "Samples", "samples/panel_customer.html", of_customer, 60, LOOK))
ORDER.register(Panel("samples", "Sample", "samples/panel_order.html", of_order, 10, LOOK))
register(Page("samples_mark", "Mark a sample", "samples/<int:order_id>/mark/", mark, CHANGE))
