"""The orders list, newest first."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from commerce.admin.contact import sees_contact, shown_name
from commerce.admin.keyset import Page, Sort, page_of
from commerce.admin.order_filters import OrderFilters, narrow
from commerce.models import Customer, Order, OrderPolicy
from commerce.patience import TooSlowError, patience
from commerce.wording import Verdict, verdict

PAGE_SIZE = 50
WAIT_MS = 3_000  # for a channel that hardly any order has
NEWEST = Sort("new", "Newest", "placed_at", "id")
OLDEST = Sort("old", "Oldest", "placed_at", "id", descending=False)
SORTS = {sort.key: sort for sort in (NEWEST, OLDEST)}


@dataclass(frozen=True)
class Line:
    """One order as a list shows it."""

    order: Order
    buyer: str
    verdict: Verdict


def context(request: HttpRequest, *, on: date) -> dict[str, Any]:
    """Return what the list's template needs, on the local day `on`."""
    filters = OrderFilters(request.GET)
    sort = SORTS.get(request.GET.get("sort", ""), NEWEST)
    page: Page[Order] = Page(rows=[])
    problem = ""
    if not filters.is_valid():
        problem = "One of the filters cannot be read. See the message beside it."
    else:
        try:
            with patience(WAIT_MS):
                rows = narrow(filters.cleaned_data, sees_contact=sees_contact(request))
                cursor = request.GET.get("page", "")
                page = page_of(rows, sort=sort, cursor=cursor, size=PAGE_SIZE)
        except TooSlowError:
            problem = "This takes too long. Add a range of dates, or another filter."
    return {
        "filters": filters,
        "chips": filters.chips() if filters.is_valid() else [],
        "page": page,
        "problem": problem,
        "lines": lines(page.rows, sees=sees_contact(request), on=on),
        "sort": sort,
        "sorts": list(SORTS.values()),
        "sees_contact": sees_contact(request),
        "is_asked": bool(filters.is_valid() and any(filters.cleaned_data.values())),
    }


def lines(orders: "list[Order] | QuerySet[Order] | Any", *, sees: bool, on: date) -> list[Line]:
    """Return `orders` with buyer and verdict: two queries, however many."""
    orders = list(orders)
    policy = OrderPolicy.current()
    ids = {order.customer_id for order in orders if order.customer_id}
    people = Customer.objects.only("first_name", "last_name", "email", "erased_at").in_bulk(ids)
    found = []
    for order in orders:
        if order.customer_id:
            buyer = shown_name(people[order.customer_id], sees=sees)
        else:
            buyer = order.email_key if sees and order.email_key else "Guest"
        found.append(Line(order, buyer, verdict(order, policy=policy, on=on)))
    return found
