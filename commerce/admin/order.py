"""The addresses of the order pages."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from commerce import exclusions
from commerce.admin import order_list, order_page, suggestions
from commerce.admin.page import PageAdmin, today
from commerce.models import Order
from commerce.rollups import BeingRecounted


@admin.register(Order)
class OrderAdmin(PageAdmin):
    """The list and an order's page."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:order_id>/exclude/", view(self.exclude_view), name="commerce_order_exclude"),
            path("values/", view(self.values_view), name="commerce_order_values"),
            *super().get_urls(),
        ]

    def values_view(self, request: HttpRequest) -> HttpResponseBase:
        """Answer what the filters' boxes may suggest, when they are opened."""
        self.require_view(request)
        return TemplateResponse(request, "commerce/values.html", {"lists": suggestions.orders()})

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        self.require_view(request)
        shown = order_list.context(request, on=today())
        return self.render(request, "commerce/orders.html", title="Orders", **shown)

    def exclude_view(self, request: HttpRequest, order_id: int) -> HttpResponseBase:
        """Leave an order out by hand, or let it count again."""
        self.require_change(request)
        order = self.row(str(order_id))
        if request.method == "POST":
            reason = exclusions.BY_HAND if request.POST.get("step") == "exclude" else ""
            try:
                exclusions.set_reason([order.pk], reason=reason, by=request.user, at=timezone.now())
                messages.success(request, "Saved. The numbers follow at once.")
            except BeingRecounted as busy:
                messages.error(request, str(busy))
        return HttpResponseRedirect(reverse("admin:commerce_order_change", args=[order.pk]))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        self.require_view(request)
        order = self.row(object_id)
        shown = order_page.context(request, order, on=today())
        return self.render(request, "commerce/order.html", **shown)
