"""One change for many customers: those ticked, or everybody the list's filters describe."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from commerce import edits
from commerce.admin.contact import sees_contact
from commerce.admin.customer_filters import CustomerFilters, narrow
from commerce.models import Customer, CustomerMetrics
from tenants import audit, jobs
from tenants.models import Run
from tenants.runs import JobFailed, RunHandle

JOB = "bulk_edit"
AT_ONCE = 1_000  # more goes to a worker: a second or two for whoever waits
PAGE = 2_000  # customers of one transaction of the worker


def chosen(request: HttpRequest) -> list[int] | None:
    """Return the ids ticked, or of everybody in the list; None when the filters are unreadable."""
    if not request.POST.get("whole"):
        ids = [int(pk) for pk in request.POST.getlist("ids") if pk.isdecimal() and len(pk) < 19]
        known = CustomerMetrics.objects.filter(customer__in=ids, customer__merged_into=None)
        return list(known.values_list("customer_id", flat=True))
    return _described(request.GET, sees_contact=sees_contact(request))


def change_now(ids: Sequence[int], *, changes: dict[str, Any], by: Any) -> int:
    """Change these customers in this transaction; return how many had something to change."""
    with transaction.atomic():
        changed = edits.edit(ids, changes=changes, by=by, at=timezone.now())
        audit.record(by, "bulk_change", Customer, customers=len(ids), change=sorted(changes))
    return changed


def change_later(request: HttpRequest, ids: Sequence[int], *, changes: dict[str, Any]) -> Run:
    """Queue the change. The filters are kept instead of a million ids, unless they hold a name."""
    params: dict[str, Any] = {"changes": changes, "by": request.user.pk}
    if request.POST.get("whole") and not request.GET.get("q"):
        filters = request.GET.copy()
        filters.pop("page", None)
        params["filters"] = filters.urlencode()
    else:
        params["ids"] = list(ids)
    return jobs.start(JOB, params=params)


def run(handle: RunHandle) -> dict[str, Any]:
    """Change page by page. Safe to repeat: whoever was changed has nothing more to change."""
    params = handle.params
    user = get_user_model().objects.filter(pk=params["by"]).first()
    ids = params.get("ids")
    if ids is None:
        ids = _described(QueryDict(params["filters"]), sees_contact=False)
    if ids is None:
        raise JobFailed("The filters of the list can no longer be read. Choose them again.")
    changed = 0
    for done, page in _pages(sorted(ids)):
        changed += edits.edit(page, changes=params["changes"], by=user, at=timezone.now())
        handle.report(done, len(ids))
    audit.record(
        user, "bulk_change", Customer, customers=len(ids), change=sorted(params["changes"])
    )
    return {"customers": len(ids), "changed": changed}


def _pages(ids: list[int]) -> Iterator[tuple[int, list[int]]]:
    for start in range(0, len(ids), PAGE):
        page = ids[start : start + PAGE]
        yield start + len(page), page


def _described(filters: QueryDict, *, sees_contact: bool) -> list[int] | None:
    form = CustomerFilters(filters)
    if not form.is_valid():
        return None
    rows = narrow(form.cleaned_data, sees_contact=sees_contact)
    return list(rows.values_list("customer_id", flat=True))


jobs.register(
    jobs.Job(
        key=JOB,
        label="Change many customers",
        needs_params=True,
        run=run,
        permission="commerce.change_customer",
        help="Started from the customers list.",
    )
)
