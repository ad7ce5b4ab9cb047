"""The creators as a file, exactly those that the list's filters show."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from commerce.admin.contact import sees_contact
from samples.admin.creator_list import CreatorFilters, narrow
from samples.creators.figures import per_post
from samples.models import Creator, CreatorCode, CreatorHandle
from tenants import audit
from tenants.pages import Page, register
from tenants.tables import csv_response

HEADER = (
    *("creator_id", "name", "status", "email", "phone", "handles", "codes", "customer_id"),
    *("samples", "samples_without_cost", "posts", "reach", "orders", "revenue", "cost"),
    *("cost_per_post", "figures_on"),
)
PAGE = 1_000  # creators whose handles and codes are read at once


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """Answer with a CSV file of every creator that the filters describe.

    Without the right to see contact details the file names nobody.
    """
    filters = CreatorFilters(request.GET)
    if not filters.is_valid():
        return HttpResponse("One of the filters cannot be read.", status=400)
    sees = sees_contact(request)
    used = sorted(name for name, value in filters.cleaned_data.items() if value)
    audit.record(request.user, "export", Creator, filters=used)
    found = narrow(filters.cleaned_data, sees=sees).order_by("pk")
    return csv_response("creators.csv", HEADER, _rows(found, sees=sees))


def _rows(found: Any, *, sees: bool) -> Iterator[list[Any]]:
    creators = found.iterator(chunk_size=PAGE)
    while page := list(islice(creators, PAGE)):
        handles = _by_creator(CreatorHandle, page, "platform", "handle") if sees else {}
        codes = _by_creator(CreatorCode, page, "code")
        for creator in page:
            yield _row(creator, handles.get(creator.pk, []), codes.get(creator.pk, []), sees=sees)


def _row(creator: Creator, handles: list[Any], codes: list[Any], *, sees: bool) -> list[Any]:
    cost = per_post(creator)
    return [
        creator.pk,
        creator.name if sees else "",
        creator.get_status_display(),
        creator.email if sees else "",
        creator.phone if sees else "",
        ", ".join(f"{platform}: {handle}" for platform, handle in handles),
        ", ".join(code for (code,) in codes),
        creator.customer_id,
        creator.samples_count,
        creator.uncosted_count,
        creator.posts_count,
        creator.reach,
        creator.orders_count,
        creator.revenue,
        creator.cost,
        round(cost, 2) if cost is not None else None,
        creator.figures_on,
    ]


def _by_creator(model: Any, page: list[Creator], *columns: str) -> dict[int, list[Any]]:
    rows = model.objects.filter(creator__in=page).order_by("pk").values_list("creator_id", *columns)
    found: dict[int, list[Any]] = {}
    for creator, *values in rows:
        found.setdefault(creator, []).append(values)
    return found


register(
    Page(
        "samples_creators_export",
        "Export creators",
        "samples/creators/export/",
        export,
        "access.export_data",
    )
)
