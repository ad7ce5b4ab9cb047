"""The samples as a file, exactly those that the list's filters show."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from commerce.admin.contact import sees_contact
from samples.admin.filters import SampleFilters
from samples.admin.list_page import why
from samples.finding import narrow
from samples.models import SampleOrder
from tenants import audit
from tenants.pages import Page, register
from tenants.tables import csv_response

HEADER = (
    *("order", "placed_at", "type", "found_by", "status", "fulfilled_on", "items", "total"),
    *("currency", "cost_of_goods", "customer_id", "customer", "email", "creator", "tags"),
)


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """Answer with a CSV file of every sample that the filters describe."""
    filters = SampleFilters(request.GET)
    if not filters.is_valid():
        return HttpResponse("One of the filters cannot be read.", status=400)
    sees = sees_contact(request)
    found = narrow(filters.cleaned_data, sees_contact=sees)
    used = sorted(name for name, value in filters.cleaned_data.items() if value)
    audit.record(request.user, "export", SampleOrder, filters=used)
    rows = found.select_related("order", "customer", "creator").order_by("-placed_at", "-pk")
    return csv_response("samples.csv", HEADER, _rows(rows, sees=sees))


def _rows(rows: Any, *, sees: bool) -> Iterator[list[Any]]:
    for sample in rows.iterator(chunk_size=2_000):
        order, customer = sample.order, sample.customer
        is_known = sees and customer is not None and customer.erased_at is None
        yield [
            order.number or order.external_id,
            sample.placed_at,
            sample.get_kind_display(),
            why(sample),
            sample.get_state_display(),
            sample.fulfilled_on,
            f"{order.items_count.normalize():f}",
            order.total,
            order.currency,
            sample.cost,
            sample.customer_id,
            customer.full_name if is_known else "",
            (customer.email if is_known else "") or (order.email_key if sees else ""),
            sample.creator.name if sample.creator and sees else sample.creator_id,
            ", ".join(order.tags),
        ]


register(Page("samples_export", "Export samples", "samples/export/", export, "access.export_data"))
