"""Promo codes from a file: what a row leaves out is taken from the boxes beside it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from segments.admin.promo_form import BOX, PromoForm
from segments.admin.promo_pages import ADD
from segments.models import PromoCode
from segments.promotions.csv_file import (
    COLUMNS,
    MOST_BYTES,
    MOST_ROWS,
    UnreadableError,
    import_codes,
)
from segments.promotions.drafts import Draft
from tenants import audit
from tenants.pages import Page, PageView, register


class ImportForm(forms.Form):
    """The file, and what holds for rows that do not say otherwise."""

    file = forms.FileField(label="File")
    discount = PromoForm.base_fields["discount"]
    value = PromoForm.base_fields["value"]
    unknown = PromoForm.base_fields["unknown"]
    state = forms.ChoiceField(
        label="State", choices=PromoCode.State.choices[:2], widget=forms.Select(BOX)
    )

    def draft(self) -> Draft:
        """Return the draft that rows begin with."""
        told = {name: self.cleaned_data[name] for name in ("discount", "value", "unknown", "state")}
        if told["discount"] == PromoCode.Discount.FREE_SHIPPING:
            told["value"] = None
        return Draft(code="", **told)


class PromoImportPage(PageView):
    template_name = "segments/promo_import.html"
    parent = "promo_codes"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = {"form": ImportForm(), "columns": COLUMNS, "most": MOST_ROWS, "faults": []}
        return super().get_context_data(**told | kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form, faults = ImportForm(request.POST, request.FILES), []
        if form.is_valid():
            try:
                data = form.cleaned_data["file"].read(MOST_BYTES + 1)
                found = import_codes(data, common=form.draft(), by=request.user, at=timezone.now())
            except UnreadableError as error:
                form.add_error("file", str(error))
                faults = error.faults
            else:
                facts = {"made": found.made, "changed": found.changed}
                audit.record(request.user, "import_promo_codes", PromoCode, **facts)
                words = f"{found.made:,} codes are new, {found.changed:,} changed"
                messages.success(request, f"{words}, {found.same:,} were as they are.")
                return HttpResponseRedirect(reverse("admin:promo_codes"))
        context = self.get_context_data(form=form, faults=faults)
        return self.render_to_response(context, status=400)


register(Page("promo_import", "Import promo codes", "promo-codes/import/", PromoImportPage, ADD))
