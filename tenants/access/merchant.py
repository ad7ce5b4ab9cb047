"""The merchant's own settings: name, brand, places; time zone and currency with what they move."""

import copy
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from tenants import impacts
from tenants.access.merchant_forms import BasePlaceFormSet, MerchantForm, PlaceFormSet
from tenants.access.merchant_settings import save_settings
from tenants.models import Tenant
from tenants.pages import PageView

PREFIX = "places"


class MerchantPage(PageView):
    """One form; a change that rebuilds figures is shown before it is made."""

    template_name = "access/merchant.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tenant = self._tenant()
        return super().get_context_data(
            **{
                "form": MerchantForm(instance=copy.copy(tenant)),
                "places": PlaceFormSet(initial=tenant.places, prefix=PREFIX),
            }
            | kwargs
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save, or show what a new time zone or currency would do and ask again."""
        before = self._tenant()
        form = MerchantForm(request.POST, instance=copy.copy(before))
        places = cast("BasePlaceFormSet", PlaceFormSet(request.POST, prefix=PREFIX))
        if not (form.is_valid() and places.is_valid()):
            return self.render_to_response(self.get_context_data(form=form, places=places))
        change = impacts.Change(
            timezone=(before.timezone, form.cleaned_data["timezone"]),
            currency=(before.currency, form.cleaned_data["currency"]),
        )
        is_rebuild = change.is_zone_changed or change.is_currency_changed
        if is_rebuild and request.POST.get("confirmed") != "yes":
            asked = {"change": change, "effects": impacts.previews(change)}
            return self.render_to_response(self.get_context_data(form=form, places=places, **asked))
        save_settings(before, values=form.cleaned_data, places=places.places(), by=request.user)
        messages.success(request, "The settings were saved.")
        return redirect("admin:merchant_settings")

    def _tenant(self) -> Tenant:
        tenant: Tenant = self.request.tenant  # type: ignore[attr-defined]
        return tenant
