"""The Klaviyo page: the key, what it may do, and the lists that are kept in step."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from integrations.klaviyo import connecting, properties, property_job
from integrations.klaviyo.admin.forms import KeyForm
from integrations.klaviyo.connector import tone_of
from integrations.klaviyo.facts import FACTS
from integrations.klaviyo.opening import account_here
from integrations.klaviyo.scopes import SCOPES
from integrations.klaviyo.words import badge_of
from integrations.models import KlaviyoAccount, KlaviyoList, KlaviyoProperty
from tenants import jobs
from tenants.pages import Page, PageView, register

CONNECT, LOOK, CHANGE = "access.manage_keys", "segments.view_segment", "segments.change_segment"


class KlaviyoPage(PageView):
    """The account and its lists; the form for the key is the owner's."""

    template_name = "integrations/klaviyo/account.html"
    parent = "integrations"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        account = account_here()
        rows = KlaviyoList.objects.select_related("segment").annotate(refused=Count("refusals"))
        may = self.request.user.has_perm
        chosen = set(KlaviyoProperty.objects.values_list("field", flat=True))
        defaults = {
            "account": account,
            "tone": tone_of(account) if account else "",
            "form": KeyForm(),
            "scopes": SCOPES,
            "lists": [(row, badge_of(row)) for row in rows],
            "facts": [(fact, fact.key in chosen) for fact in FACTS],
            "may_connect": may(CONNECT),
            "may_change": may(CHANGE),
        }
        return super().get_context_data(**defaults | kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Try a key and keep it, change what it may be used for, or forget it."""
        if not request.user.has_perm(CONNECT):
            raise PermissionDenied
        step, account = request.POST.get("step", ""), account_here()
        if step == "disconnect" and account is not None:
            connecting.disconnect(account, by=request.user, at=timezone.now())
            messages.success(request, "Klaviyo is disconnected. Lists and people stay as they are.")
            return redirect("admin:klaviyo")
        if step == "profiles" and account is not None:
            connecting.set_creates_profiles(
                account, creates=bool(request.POST.get("creates_profiles")), by=request.user
            )
            messages.success(request, "Saved. It holds from the next sync on.")
            return redirect("admin:klaviyo")
        if step == "properties" and account is not None:
            return self._choose(request, account)
        return self._connect(request)

    def _choose(self, request: HttpRequest, account: KlaviyoAccount) -> HttpResponse:
        keys, prefix = request.POST.getlist("facts"), request.POST.get("prefix", "")
        try:
            properties.choose(account, keys, prefix=prefix, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("admin:klaviyo")
        jobs.wake(property_job.KEY)
        messages.success(request, "Saved. They are sent now, and each night of whoever changed.")
        return redirect("admin:klaviyo")

    def _connect(self, request: HttpRequest) -> HttpResponse:
        form = KeyForm(request.POST)
        if form.is_valid():
            try:
                account = connecting.connect(
                    form.cleaned_data["key"], by=request.user, at=timezone.now()
                )
            except ValidationError as error:
                form.add_error("key", error)
            else:
                messages.success(request, f"{account} is connected.")
                return redirect("admin:klaviyo")
        return self.render_to_response(self.get_context_data(form=form), status=422)


register(Page("klaviyo", "Klaviyo", "integrations/klaviyo/", KlaviyoPage, LOOK))
