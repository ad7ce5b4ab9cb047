"""The privacy of customers: what was asked, what was done, and the doors to do it."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.urls import reverse
from django.utils import timezone

from commerce import identity
from commerce.admin.contact import sees_contact, shown_name
from commerce.erasure import exports, prints, requests
from commerce.models import Customer, ErasedPrint, PrivacyRequest
from commerce.text import fold
from tenants import audit, jobs
from tenants.pages import Page, PageView, register
from tenants.panels import CUSTOMER, Panel

SHOWN = 100
PERMISSION = "access.manage_privacy"
Kind = PrivacyRequest.Kind


class PrivacyPage(PageView):
    template_name = "commerce/privacy.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = PrivacyRequest.objects.select_related("asked_by").order_by("-pk")
        now = timezone.now()
        late = Q(state=PrivacyRequest.State.WAITING, due_at__lt=now)
        return super().get_context_data(
            lines=[line(row, at=now) for row in rows[:SHOWN]],
            overdue=PrivacyRequest.objects.filter(late).count(),
            kept_away=ErasedPrint.objects.exists(),
            job=jobs.latest(requests.JOB),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the customer who wrote, or let somebody in again."""
        email = fold(request.POST.get("email", ""))
        if "@" not in email:
            messages.error(request, "Type the whole e-mail address of the person who asks.")
        elif request.POST.get("step") == "let_in":
            _let_in(request, email)
        else:
            return _find(request, email)
        return HttpResponseRedirect(request.path)


def _find(request: HttpRequest, email: str) -> HttpResponseBase:
    rows = Customer.objects.filter(email_key=email, merged_into=None, erased_at=None)
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:2])
    if len(ids) == 1:
        return HttpResponseRedirect(reverse("admin:customer_privacy", args=ids))
    words = "Nobody here has this address. There is nothing to hand out or to erase."
    if ids:
        words = (
            "Several customers have this address. Open each from the list of customers, "
            "or merge them first."
        )
    messages.info(request, words)
    return HttpResponseRedirect(request.path)


def _let_in(request: HttpRequest, email: str) -> None:
    if prints.let_in(email):
        audit.record(request.user, "let_in", ErasedPrint)
        messages.success(
            request,
            "Let in. The next record with this address makes a new customer; "
            "what was erased does not come back.",
        )
    else:
        messages.info(request, "Nobody with this address was erased here.")


class CustomerPrivacyPage(PageView):
    template_name = "commerce/customer_privacy.html"
    parent = "privacy"

    def get_title(self) -> str:
        return f"Privacy of customer {self.kwargs['pk']}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        customer, now = _customer(self.kwargs["pk"]), timezone.now()
        rows = PrivacyRequest.objects.filter(customer=customer.pk).select_related("asked_by")
        waits = rows.filter(state=PrivacyRequest.State.WAITING)
        return super().get_context_data(
            customer=customer,
            name=shown_name(customer, sees=sees_contact(self.request)),
            lines=[line(row, at=now) for row in rows.order_by("-pk")[:SHOWN]],
            waiting=set(waits.values_list("kind", flat=True)),
            job=jobs.latest(requests.JOB),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for a copy, or for erasure once the number was typed."""
        customer, now = _customer(self.kwargs["pk"]), timezone.now()
        if customer.erased_at:
            messages.error(request, "This customer was erased. There is nothing left of them.")
        elif request.POST.get("step") == Kind.EXPORT:
            requests.ask(Kind.EXPORT, customer=customer.pk, by=request.user, at=now)
            messages.success(request, "The file is being written. It will be listed here.")
        elif request.POST.get("typed", "").strip() != str(customer.pk):
            words = f"Type the customer's number, {customer.pk}, to confirm."
            return self.render_to_response(self.get_context_data(error=words), status=422)
        else:
            requests.ask(Kind.ERASURE, customer=customer.pk, by=request.user, at=now)
            messages.success(request, "The customer is being erased.")
        return HttpResponseRedirect(request.path)


def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand the file of an export out, and write who took it."""
    row = PrivacyRequest.objects.filter(pk=pk, kind=Kind.EXPORT).first() if pk < 2**63 else None
    path = exports.path_of(row, at=timezone.now()) if row else None
    if row is None or path is None:
        raise Http404("The file is gone: it is kept for a week. Ask for it again.")
    row.downloads += 1
    row.save(update_fields=["downloads"])
    audit.record(request.user, "download_privacy_file", row, customer=row.customer)
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=f"customer-{row.customer}.zip"
    )
    response["Cache-Control"] = "no-store"
    return response


def line(row: PrivacyRequest, *, at: Any) -> dict[str, Any]:
    """Return a wish as the tables show it."""
    return {
        "row": row,
        "has_file": exports.path_of(row, at=at) is not None,
        "found": sum(count for count in row.counts.values() if isinstance(count, int)),
        "is_late": row.state == row.State.WAITING and row.due_at < at,
    }


def _customer(pk: int) -> Customer:
    found = identity.resolve(pk) if pk < 2**63 else None
    if found is None:
        raise Http404
    return found


def _panel(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    rows = PrivacyRequest.objects.filter(customer=customer.pk)
    return {"customer": customer, "newest": rows.order_by("-pk").first()}


register(Page("privacy", "Privacy", "privacy/", PrivacyPage, PERMISSION))
register(
    Page(
        "customer_privacy",
        "A customer's privacy",
        "privacy/customer/<int:pk>/",
        CustomerPrivacyPage,
        PERMISSION,
    )
)
register(
    Page(
        "privacy_file", "A copy of somebody's data", "privacy/file/<int:pk>/", download, PERMISSION
    )
)
CUSTOMER.register(
    Panel("privacy", "Privacy", "commerce/customer_privacy_panel.html", _panel, 95, PERMISSION)
)
