"""The addresses of the customer pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from commerce.admin import customer_list, customer_page, suggestions
from commerce.admin.page import PageAdmin
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
            path("values/", view(self.values_view), name="commerce_customer_values"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        self.require_view(request)
        shown = customer_list.context(request)
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

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        self.require_view(request)
        customer = customer_page.customer_of(self.row(object_id))
        if customer.merged_into_id:
            address = reverse("admin:commerce_customer_change", args=[customer.merged_into_id])
            return HttpResponseRedirect(address)
        shown = customer_page.context(request, customer)
        return self.render(request, "commerce/customer.html", **shown)
