"""The members of a segment: found, sorted, a page at a time, each with since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from commerce import search
from commerce.admin.contact import sees_contact
from commerce.admin.customer_list import Line, lines
from commerce.admin.keyset import Page, Sort, page_of
from commerce.models import CustomerMetrics
from commerce.patience import TooSlowError, patience
from segments.models import Membership, Segment

PAGE_SIZE = 25
WAIT_MS = 3_000
# Above so many members a walk down the index of everybody finds a page sooner than a sort of them.
WALKED = 50_000
SORTS = {
    sort.key: sort
    for sort in (
        Sort("spent", "Most spent", "spent", "customer_id"),
        Sort("spent_up", "Least spent", "spent", "customer_id", descending=False),
        Sort("orders", "Most orders", "orders_count", "customer_id"),
        Sort("orders_up", "Fewest orders", "orders_count", "customer_id", descending=False),
        Sort("last", "Latest order", "last_order_on", "customer_id", nullable=True),
        Sort("last_up", "Longest without an order", "last_order_on", "customer_id", False, True),
    )
}
# Of the membership itself, not of the customer.
BY_SINCE = {
    sort.key: sort
    for sort in (
        Sort("since", "Newest in it", "since"),
        Sort("since_up", "Longest in it", "since", descending=False),
    )
}
HEADINGS = (
    ("orders", "Orders", True),
    ("spent", "Spent", True),
    ("last", "Last order", False),
    ("since", "In it since", False),
)


@dataclass(frozen=True)
class Member:
    """A row of the list."""

    line: Line
    since: datetime | None


def members_context(request: HttpRequest, segment: Segment) -> dict[str, Any]:
    """Return a page of members as the request searches and sorts them."""
    sees = sees_contact(request)
    text = request.GET.get("q", "").strip()[:200]
    sort = (SORTS | BY_SINCE).get(request.GET.get("sort", ""), SORTS["spent"])
    found = search.customer_ids(text, sees_contact=sees) if text else None
    page: Page[Any] = Page(rows=[])
    problem = ""
    try:
        with patience(WAIT_MS):
            page = _page(segment, found, sort=sort, cursor=request.GET.get("page", ""))
    except TooSlowError:
        problem = "This takes too long. Search for somebody, or sort by what was spent."
    return {
        "members": _members(segment, page, sort=sort, sees=sees),
        "page": page,
        "sort": sort,
        "sorts": [*SORTS.values(), *BY_SINCE.values()],
        "headings": [
            {"key": key, "label": label, "is_number": number, "order": _order(sort, key)}
            for key, label, number in HEADINGS
        ],
        "searched": text,
        "is_cut": found is not None and len(found) >= search.CANDIDATES,
        "problem": problem,
        "sees_contact": sees,
    }


def _order(sort: Sort, key: str) -> str:
    """Return the direction a heading is sorted in, for people who hear the page."""
    if sort.key.removesuffix("_up") != key:
        return ""
    return "descending" if sort.descending else "ascending"


def _page(segment: Segment, found: list[int] | None, *, sort: Sort, cursor: str) -> Page[Any]:
    members = Membership.objects.filter(segment=segment)
    if found is not None:
        members = members.filter(customer_id__in=found)
    if sort.key in BY_SINCE:
        return page_of(members, sort=sort, cursor=cursor, size=PAGE_SIZE, walks_index=False)
    rows: QuerySet[CustomerMetrics] = CustomerMetrics.objects.filter(
        pk__in=members.values("customer_id")
    )
    walks = found is None and segment.members_count > WALKED
    return page_of(rows, sort=sort, cursor=cursor, size=PAGE_SIZE, walks_index=walks)


def _members(segment: Segment, page: Page[Any], *, sort: Sort, sees: bool) -> list[Member]:
    ids = [row.customer_id for row in page.rows]
    since = dict(
        Membership.objects.filter(segment=segment, customer_id__in=ids).values_list(
            "customer_id", "since"
        )
    )
    rows: Sequence[CustomerMetrics] = page.rows
    if sort.key in BY_SINCE:
        metrics = CustomerMetrics.objects.in_bulk(ids)
        rows = [metrics[pk] for pk in ids if pk in metrics]
    return [Member(line, since.get(line.metrics.pk)) for line in lines(rows, sees=sees)]
