"""The addresses of the customer pages."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from commerce import identity
from commerce.admin import bulk_views, customer_list, customer_page, edit_views, suggestions
from commerce.admin.edit_forms import BulkForm
from commerce.admin.page import PageAdmin
from commerce.columns import DOORS
from commerce.models import Customer
from commerce.patience import TooSlowError, patience
from commerce.templatetags.facts import count


@admin.register(Customer)
class CustomerAdmin(PageAdmin):
    """The list, a customer's page, and what is done from them."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("count/", view(self.count_view), name="commerce_customer_count"),
            path("bulk/", view(self.bulk_view), name="commerce_customer_bulk"),
            path("bulk/<int:run_id>/", view(self.bulk_run_view), name="commerce_customer_bulk_run"),
            path("<int:customer_id>/edit/", view(self.edit_view), name="commerce_customer_edit"),
            path("values/", view(self.values_view), name="commerce_customer_values"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        self.require_view(request)
        shown = customer_list.context(request)
        if self.has_change_permission(request):
            shown["bulk"] = BulkForm(sees=shown["sees_contact"])
            shown["doors"] = [door for door in DOORS if request.user.has_perm(door.permission)]
        return self.render(request, "commerce/customers.html", title="Customers", **shown)

    def count_view(self, request: HttpRequest) -> HttpResponse:
        """Answer how many the list holds; the list itself never waits for this."""
        self.require_view(request)
        try:
            with patience(customer_list.WAIT_MS):
                rows = customer_list.matching(request)
                total = None if rows is None else rows.count()
        except TooSlowError:
            return HttpResponse("too many to count now")
        if total is None:
            return HttpResponse("")
        return HttpResponse(f"{count(total)} customer{'' if total == 1 else 's'}")

    def values_view(self, request: HttpRequest) -> HttpResponseBase:
        """Answer what the filters' boxes may suggest, when they are opened."""
        self.require_view(request)
        return TemplateResponse(request, "commerce/values.html", {"lists": suggestions.customers()})

    def bulk_view(self, request: HttpRequest) -> HttpResponseBase:
        """One change for many customers: asked, confirmed, made or queued."""
        self.require_change(request)
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:commerce_customer_changelist"))
        return bulk_views.ask(self, request)

    def bulk_run_view(self, request: HttpRequest, run_id: int) -> HttpResponseBase:
        """How far a queued change is."""
        self.require_view(request)
        return bulk_views.progress(self, request, run_id)

    def edit_view(self, request: HttpRequest, customer_id: int) -> HttpResponseBase:
        """One change of one customer; a box that cannot be read is shown with its message."""
        self.require_change(request)
        customer = customer_page.customer_of(self.row(str(customer_id)))
        form = edit_views.apply(request, customer) if request.method == "POST" else None
        if form is None:
            return HttpResponseRedirect(_address(customer.pk))
        shown = customer_page.context(request, customer) | {"edit": form}
        return self.render(request, "commerce/customer.html", **shown)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        if request.method == "POST":
            self.require_change(request)
        self.require_view(request)
        customer = customer_page.customer_of(self.row(object_id))
        if customer.merged_into_id:
            living = identity.resolve(customer.pk)
            if living is None:
                raise Http404
            return HttpResponseRedirect(_address(living.pk))
        shown = customer_page.context(request, customer)
        return self.render(request, "commerce/customer.html", **shown)


def _address(customer_id: int) -> str:
    return reverse("admin:commerce_customer_change", args=[customer_id])
