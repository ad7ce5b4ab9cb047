"""The Shopify page: the merchant's stores, and the form that connects another one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from integrations.admin.shopify_forms import ConnectForm
from integrations.models import ShopifyStore
from integrations.shopify import connecting
from integrations.shopify.connector import tone_of
from integrations.shopify.scopes import SCOPES
from tenants.addresses import merchant_url
from tenants.pages import Page, PageView, register

CONNECT = "access.manage_keys"


class ShopifyPage(PageView):
    """Stores and the connect form."""

    template_name = "integrations/shopify.html"
    parent = "integrations"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stores = [(store, tone_of(store)) for store in ShopifyStore.objects.all()]
        asked = self.request.GET.get("store", "")
        known = ShopifyStore.objects.filter(domain=asked).first()
        initial = {"domain": asked, "client_id": known.client_id} if known else {}
        defaults = {
            "stores": stores,
            "form": ConnectForm(initial=initial),
            "scopes": SCOPES,
            "back_to": merchant_url(reverse("admin:shopify_callback")),
        }
        return super().get_context_data(**defaults | kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Try the credentials and keep them when they work, or begin an installation."""
        form = ConnectForm(request.POST)
        if form.is_valid():
            try:
                return self._connect(request, form)
            except ValidationError as error:
                form.add_error(None, error)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _connect(self, request: HttpRequest, form: ConnectForm) -> HttpResponse:
        domain, offered = form.cleaned_data["domain"], form.offered()
        if form.is_install:
            store = connecting.prepare_install(domain, offered)
            return redirect("admin:shopify_store", store.pk)
        store = connecting.connect(domain, offered, by=request.user, at=timezone.now())
        messages.success(request, f"{store} is connected. Its customers and orders are on the way.")
        return redirect("admin:shopify_store", store.pk)


register(Page("shopify", "Shopify", "integrations/shopify/", ShopifyPage, CONNECT))
