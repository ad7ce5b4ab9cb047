"""A customer's page: who they are, their numbers, what they did, panels of higher floors."""

from datetime import date
from typing import Any, cast

from django.db.models import Count, Max, Model, Q
from django.http import HttpRequest
from django.template.loader import render_to_string

from commerce import columns
from commerce.admin import order_list
from commerce.admin.contact import page_title, place, sees_contact
from commerce.admin.edit_forms import EditForm
from commerce.admin.keyset import page_of
from commerce.admin.page import today
from commerce.attributes import show
from commerce.models import (
    AttributeDefinition,
    Customer,
    CustomerMerge,
    CustomerMetrics,
    DuplicateProposal,
    Event,
    MetricsState,
    Order,
    Refund,
)
from tenants.panels import CUSTOMER, Panel
from tenants.registry import Registry

ORDERS_SHOWN, REFUNDS_SHOWN, EVENTS_SHOWN = 10, 10, 20


def customer_of(row: Model) -> Customer:
    """Return `row` as the Customer it is."""
    return cast(Customer, row)


def context(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """Return what the page's template needs."""
    sees, on = sees_contact(request), today()
    may_edit = request.user.has_perm("commerce.change_customer") and not customer.erased_at
    orders = Order.objects.filter(customer=customer)
    page = page_of(
        orders,
        sort=order_list.NEWEST,
        cursor=request.GET.get("orders", ""),
        size=ORDERS_SHOWN,
    )
    declared = attributes(customer, sees=sees)
    metrics = CustomerMetrics.objects.filter(customer=customer).first()
    return {
        "title": page_title(customer, sees=sees),
        "customer": customer,
        "sees_contact": sees,
        "edit": EditForm(customer, sees=sees) if may_edit else None,
        "place": place(customer),
        "age": age(customer.birthday, on=on) if customer.birthday else None,
        "metrics": metrics,
        "average": metrics.spent / metrics.orders_count
        if metrics and metrics.orders_count
        else None,
        "as_of": MetricsState.objects.values_list("stands_on", flat=True).first(),
        "identities": identities(customer, sees=sees),
        "attributes": declared,
        "undeclared": undeclared(customer, declared=declared) if sees else [],
        "badges": badges(customer),
        "orders": page,
        "order_lines": order_list.lines(page.rows, sees=sees, on=on),
        "refunds": refunds(customer),
        "events": event_days(customer, before=request.GET.get("events", "")),
        "panels": panels(CUSTOMER, request, customer),
        **same_person(customer),
    }


def age(birthday: date, *, on: date) -> int:
    """Return full years from `birthday` to `on`."""
    return on.year - birthday.year - ((on.month, on.day) < (birthday.month, birthday.day))


def identities(customer: Customer, *, sees: bool) -> list[tuple[str, str]]:
    """Return (source, id there); an id that is an e-mail address is hidden like one."""
    rows = customer.identities.order_by("source", "external_id").values_list(
        "source", "external_id"
    )
    return [(source, "hidden" if "@" in known and not sees else known) for source, known in rows]


def attributes(customer: Customer, *, sees: bool) -> list[dict[str, Any]]:
    """Return the declared attributes, sensitive ones hidden from viewers."""
    rows = []
    for definition in AttributeDefinition.objects.all():
        hidden = definition.is_sensitive and not sees
        value = customer.attributes.get(definition.key)
        shown = "" if hidden else show(value, kind=definition.kind)
        rows.append({"definition": definition, "shown": shown, "hidden": hidden})
    return rows


def undeclared(customer: Customer, *, declared: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return the values that sources gave without anybody declaring them."""
    known = {row["definition"].key for row in declared}
    values = sorted(customer.attributes.items())
    return [{"key": key, "shown": show(value)} for key, value in values if key not in known]


def badges(customer: Customer) -> list[tuple[str, columns.Badge]]:
    """Return what higher floors call this customer in the list, with the column's label."""
    found = []
    for column in columns.CUSTOMERS:
        badge = column.badges([customer.pk]).get(customer.pk) if column.badges else None
        if badge is not None:
            found.append((column.label, badge))
    return found


def refunds(customer: Customer) -> list[Refund]:
    """Return the newest refunds."""
    rows = Refund.objects.filter(customer=customer).select_related("order")
    return list(rows.order_by("-refunded_on", "-id")[:REFUNDS_SHOWN])


def event_days(customer: Customer, *, before: str) -> dict[str, Any]:
    """Return events by day and name, newest first, and the day with which the page ends."""
    rows = Event.objects.filter(customer=customer)
    try:
        rows = rows.filter(occurred_on__lt=date.fromisoformat(before)) if before else rows
    except ValueError:
        before = ""
    groups = rows.values("occurred_on", "name").annotate(times=Count("pk"), last=Max("occurred_at"))
    found = list(groups.order_by("-occurred_on", "-last")[: EVENTS_SHOWN + 1])
    if len(found) <= EVENTS_SHOWN:
        return {"groups": found, "before": "", "is_first": not before}
    # Whole days only, so that the next page begins with a day.
    last_day = found[-1]["occurred_on"]
    whole = [group for group in found if group["occurred_on"] != last_day] or found
    return {
        "groups": whole,
        "before": whole[-1]["occurred_on"].isoformat(),
        "is_first": not before,
    }


def same_person(customer: Customer) -> dict[str, Any]:
    """Return open proposals that name this customer, and the merges that made them."""
    proposals = DuplicateProposal.objects.filter(
        Q(first=customer) | Q(second=customer), state=DuplicateProposal.State.OPEN
    )
    merges = CustomerMerge.objects.filter(survivor=customer).select_related("merged_by")
    return {
        "proposals": list(proposals.select_related("first", "second")[:5]),
        "merges": list(merges.order_by("-merged_at")[:20]),
    }


def panels(registry: Registry[Panel], request: HttpRequest, subject: Model) -> list[dict[str, str]]:
    """Return the cards that other floors registered and this person may see, rendered."""
    cards = []
    for panel in sorted(registry, key=lambda entry: entry.order):
        if panel.permission and not request.user.has_perm(panel.permission):
            continue
        needed = panel.context(request, subject)
        if needed is not None:
            html = render_to_string(panel.template, {**needed, "panel": panel}, request)
            cards.append({"key": panel.key, "label": panel.label, "html": html})
    return cards
