"""An order's page: its lines, its money step by step, and why it counts or does not."""

from datetime import date
from typing import Any, cast

from django.db.models import Model
from django.http import HttpRequest

from commerce.admin import customer_page
from commerce.admin.contact import place, sees_contact, shown_name
from commerce.models import Order, OrderPolicy
from commerce.wording import verdict
from tenants.panels import ORDER


def context(request: HttpRequest, row: Model, *, on: date) -> dict[str, Any]:
    """Return what the page's template needs."""
    order, sees = cast(Order, row), sees_contact(request)
    policy = OrderPolicy.current()
    customer = order.customer
    return {
        "title": f"Order {order.number or order.external_id}",
        "order": order,
        "buyer": shown_name(customer, sees=sees) if customer else "",
        "buyer_place": place(customer) if customer else "",
        "guest_email": order.email_key if sees and not customer else "",
        "lines": list(order.lines.order_by("pk")[:500]),
        "refunds": list(order.refunds.order_by("refunded_at", "pk")),
        "verdict": verdict(order, policy=policy, on=on),
        "policy": policy,
        "spend_after_refunds": order.spend - sum(refund.spend for refund in order.refunds.all()),
        "may_edit": request.user.has_perm("commerce.change_order"),
        "sees_contact": sees,
        "panels": customer_page.panels(ORDER, request, order),
    }
