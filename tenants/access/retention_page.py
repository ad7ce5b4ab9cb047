"""How long the merchant keeps logs, ledgers and uploads."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from tenants import jobs, retention
from tenants.pages import PageView

LONGEST = 3_650


class RetentionForm(forms.Form):
    """A number of days for each kind of record."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kept in retention.KEPT:
            self.fields[kept.key] = forms.IntegerField(
                label=kept.label,
                min_value=kept.least,
                max_value=LONGEST,
                help_text=f"{kept.help} Days; {kept.days} unless you change it.",
            )


class RetentionPage(PageView):
    """One box a kind; the weekly job heeds them from its next run."""

    template_name = "access/retention.html"
    parent = "merchant_settings"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = {
            "form": RetentionForm(initial=retention.days_kept()),
            "run": jobs.latest("retention"),
        }
        return super().get_context_data(**asked | kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RetentionForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        retention.keep_for(form.cleaned_data, by=request.user)
        messages.success(request, "Saved. It holds from the next Sunday night on.")
        return redirect("admin:retention")
