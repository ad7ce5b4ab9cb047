"""What the builder asks while a rule is being built: how many, who, why."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from commerce.admin.contact import sees_contact, shown_name
from commerce.templatetags.facts import money
from segments.admin.builder_reading import contact_faults, faults_of, read_body
from segments.catalogue import StoreCatalogue
from segments.patient_preview import TOO_SLOW, preview_patiently
from segments.preview import Asked, Preview
from segments.rules.dump import dump
from segments.rules.errors import RuleError
from segments.rules.sentence import sentence
from tenants.schema import connection

AS_OF = "j M Y, H:i"


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Answer how many an unsaved rule finds, who they are, and how many each condition finds."""
    try:
        rules = read_body(request).get("rules")
        asked = Asked(rules, asker=request.user)
    except RuleError as fault:
        found = faults_of(rules, StoreCatalogue()) if fault.path else []
        return JsonResponse({"errors": [one.as_dict() for one in found or [fault]]})
    if refused := contact_faults(asked.tree, request):
        return JsonResponse({"errors": [fault.as_dict() for fault in refused]})
    return JsonResponse(_answer(asked, sees=sees_contact(request)))


def _answer(asked: Asked, *, sees: bool) -> dict[str, Any]:
    found = preview_patiently(asked)
    totals = found.totals
    said = sentence(asked.tree, asked.catalogue, asked.speech)
    return {
        "errors": [],
        "rules": dump(asked.tree, asked.catalogue),
        "sentence": said,
        "as_of": date_format(asked.scope.clock.as_of.astimezone(connection.tenant.zone), AS_OF),
        "zone": str(connection.tenant.timezone),
        "slow": "" if totals else TOO_SLOW,
        "is_whole": found.is_whole,
        **(_totals(asked, totals) if totals else {}),
        "nodes": [_node(node, totals) for node in found.nodes],
        "samples": [_sample(row, why, sees=sees) for row, why in found.samples],
    }


def percent(part: Any, whole: Any) -> str:
    """Return a share in words: `0.4 %`."""
    return f"{100 * part / whole:.1f} %" if whole else "0.0 %"


def _totals(asked: Asked, found: Preview) -> dict[str, Any]:
    return {
        "total": found.total,
        "base": found.base,
        "share": percent(found.total, found.base),
        "reachable": found.reachable,
        "revenue": str(money(found.revenue)),
        "revenue_share": percent(found.revenue, found.base_revenue),
        "never_bought": found.never_bought,
        "warnings": asked.warnings(found),
    }


def _node(node: Any, totals: Preview | None) -> dict[str, Any]:
    return {
        "id": node.id,
        "customers": node.customers,
        "unknown": node.unknown,
        "share": percent(node.customers, totals.base) if totals else "",
    }


def _sample(row: Any, why: list[str], *, sees: bool) -> dict[str, Any]:
    return {
        "name": shown_name(row.customer, sees=sees),
        "link": reverse("admin:commerce_customer_change", args=[row.pk]),
        "spent": str(money(row.spent)),
        "orders": row.orders_count,
        "last_order": date_format(row.last_order_on, "j M Y") if row.last_order_on else "never",
        "why": why,
    }
