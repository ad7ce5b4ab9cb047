"""The customers list: a page of numbers, who they are, and what higher floors say of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from commerce import columns
from commerce.admin.contact import place, sees_contact, shown_name
from commerce.admin.customer_filters import CustomerFilters, narrow
from commerce.admin.keyset import Page, Sort, page_of
from commerce.columns import Badge
from commerce.models import Customer, CustomerMetrics, MetricsState
from commerce.patience import TooSlowError, patience

PAGE_SIZE = 50
QUICK_MS = 100  # 50 of a million rows in the order of an index take 5
WAIT_MS = 3_000  # for *anywhere* and for filters that match almost nobody
SORTS = {
    sort.key: sort
    for sort in (
        Sort("spent", "Most spent", "spent", "customer_id"),
        Sort("spent_up", "Least spent", "spent", "customer_id", descending=False),
        Sort("last", "Latest order", "last_order_on", "customer_id", nullable=True),
        Sort("last_up", "Longest without an order", "last_order_on", "customer_id", False, True),
        Sort("orders", "Most orders", "orders_count", "customer_id"),
        Sort("orders_up", "Fewest orders", "orders_count", "customer_id", descending=False),
        Sort("new", "Newest here", "customer_id", "customer_id"),
    )
}
# Sort key → what the column is called, and the column.
HEADINGS = {
    "orders": ("Orders", "orders_count"),
    "spent": ("Spent", "spent"),
    "last": ("Last order", "last_order_on"),
}
IDENTITY = [
    *("first_name", "last_name", "email", "phone", "city", "country"),
    *("tags", "is_vip", "loyalty_tier", "left_out_as", "erased_at"),
]


@dataclass
class Line:
    """One row as it is shown."""

    customer: Customer
    metrics: CustomerMetrics
    name: str
    contact: str
    place: str
    badges: list[Badge | None] = field(default_factory=list)


def context(request: HttpRequest) -> dict[str, Any]:
    """Return what the list's template needs: a page of lines, or why there is none."""
    filters = CustomerFilters(request.GET)
    sort = SORTS.get(request.GET.get("sort", ""), SORTS["spent"])
    page: Page[CustomerMetrics] = Page(rows=[])
    problem = ""
    if not filters.is_valid():
        problem = "One of the filters cannot be read. See the message beside it."
    else:
        rows = narrow(filters.cleaned_data, sees_contact=sees_contact(request))
        try:
            page = _page(rows, sort=sort, cursor=request.GET.get("page", ""))
        except TooSlowError:
            problem = "This search takes too long. Type how the text begins, or add a filter."
    return {
        "filters": filters,
        "chips": filters.chips() if filters.is_valid() else [],
        "page": page,
        "problem": problem,
        "lines": lines(page.rows, sees=sees_contact(request)),
        "sort": sort,
        "sorts": list(SORTS.values()),
        "headings": HEADINGS,
        "as_of": MetricsState.objects.values_list("stands_on", flat=True).first(),
        "extra_columns": [column for column in columns.CUSTOMERS if column.badges],
        "sees_contact": sees_contact(request),
        "is_asked": bool(filters.is_valid() and any(filters.cleaned_data.values())),
    }


def _page(rows: QuerySet[CustomerMetrics], *, sort: Sort, cursor: str) -> Page[CustomerMetrics]:
    """Walk the index for a moment; when hardly anybody matches, read and sort those who do."""
    try:
        with patience(QUICK_MS):
            return page_of(rows, sort=sort, cursor=cursor, size=PAGE_SIZE)
    except TooSlowError:
        with patience(WAIT_MS):
            return page_of(rows, sort=sort, cursor=cursor, size=PAGE_SIZE, walks_index=False)


def lines(rows: Sequence[CustomerMetrics], *, sees: bool) -> list[Line]:
    """Return `rows` with names and badges: one query, and one per added column."""
    ids = [row.customer_id for row in rows]
    people = Customer.objects.only(*IDENTITY).in_bulk(ids)
    added = [column.badges(ids) for column in columns.CUSTOMERS if column.badges and ids]
    found = []
    for row in rows:
        customer = people[row.customer_id]
        name = shown_name(customer, sees=sees)
        contact = customer.email or customer.phone if sees else ""
        line = Line(customer, row, name, "" if contact == name else contact, place(customer))
        line.badges = [badges.get(row.customer_id) for badges in added]
        found.append(line)
    return found


def matching(request: HttpRequest) -> QuerySet[CustomerMetrics] | None:
    """Return everybody the list's filters describe, None when they cannot be read."""
    filters = CustomerFilters(request.GET)
    if not filters.is_valid():
        return None
    return narrow(filters.cleaned_data, sees_contact=sees_contact(request))
