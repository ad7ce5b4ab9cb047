"""The steps of a change in bulk: what was asked, how many it meets, done or on its way."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django_tenants.utils import schema_context

from commerce import edits
from commerce.admin import bulk, customer_list
from commerce.admin.contact import sees_contact
from commerce.admin.edit_forms import BulkForm
from commerce.admin.page import PageAdmin
from commerce.patience import TooSlowError, patience
from commerce.templatetags.facts import count
from tenants.models import Run
from tenants.schema import connection

LIST = "admin:commerce_customer_changelist"


def ask(admin: PageAdmin, request: HttpRequest) -> HttpResponseBase:
    """Show the list again, the confirmation, or what was done."""
    form = BulkForm(request.POST, sees=sees_contact(request))
    if not form.is_valid():
        return _list(admin, request, form)
    try:
        with patience(customer_list.WAIT_MS):
            ids = bulk.chosen(request)
    except TooSlowError:
        form.add_error(None, "Finding these customers takes too long. Add another filter.")
        return _list(admin, request, form)
    if not ids:
        form.add_error(None, "Tick at least one customer, or choose everybody in the list.")
        return _list(admin, request, form)
    if request.POST.get("confirmed") != str(len(ids)):
        return _confirm(admin, request, form, ids)
    try:
        return _do(request, form, ids)
    except edits.EditRefused as refusal:
        form.add_error(None, str(refusal))
        return _list(admin, request, form)


def progress(admin: PageAdmin, request: HttpRequest, run_id: int) -> HttpResponseBase:
    """Show how far a change in the background is."""
    merchant = connection.schema_name
    with schema_context("public"):
        runs = Run.objects.filter(tenant__schema_name=merchant, job=bulk.JOB)
        run = runs.filter(pk=run_id).first()
    if run is None:
        raise Http404
    return admin.render(
        request, "commerce/bulk_run.html", title="Changing customers", run=run, trail=_trail()
    )


def _do(request: HttpRequest, form: BulkForm, ids: list[int]) -> HttpResponseBase:
    if len(ids) > bulk.AT_ONCE:
        run = bulk.change_later(request, ids, changes=form.changes())
        return HttpResponseRedirect(reverse("admin:commerce_customer_bulk_run", args=[run.pk]))
    changed = bulk.change_now(ids, changes=form.changes(), by=request.user)
    same = len(ids) - changed
    note = f"{count(changed)} changed."
    messages.success(request, f"{note} {count(same)} were so already." if same else note)
    query = request.GET.urlencode()
    return HttpResponseRedirect(reverse(LIST) + (f"?{query}" if query else ""))


def _confirm(
    admin: PageAdmin, request: HttpRequest, form: BulkForm, ids: list[int]
) -> HttpResponseBase:
    shown: dict[str, Any] = {
        "sentence": form.sentence(),
        "total": len(ids),
        "is_long": len(ids) > bulk.AT_ONCE,
        "ids": [] if request.POST.get("whole") else ids,
        "posted": {
            name: request.POST.get(name, "") for name in ("action", "text", "attribute", "whole")
        },
        "trail": _trail(),
    }
    return admin.render(request, "commerce/bulk_confirm.html", title="Are you sure?", **shown)


def _list(admin: PageAdmin, request: HttpRequest, form: BulkForm) -> HttpResponseBase:
    shown = customer_list.context(request) | {"bulk": form}
    return admin.render(request, "commerce/customers.html", title="Customers", **shown)


def _trail() -> list[dict[str, str]]:
    return [{"title": "Customers", "link": reverse(LIST)}]
