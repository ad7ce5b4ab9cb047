"""The page of service keys: make one and see it once, replace it, revoke it."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from tenants.access import service_keys
from tenants.access.models import ServiceKey
from tenants.access.service_key_form import OVERLAPS, RateForm, ReplaceForm, ServiceKeyForm
from tenants.pages import PageView
from tenants.web.addresses import offered_scopes
from tenants.web.scopes import SCOPES

SHOWN = 200  # keys, the newest; a shop has a handful


@method_decorator(never_cache, name="dispatch")
class ServiceKeysPage(PageView):
    """All keys, the form that makes one, and, once, the key that was just made."""

    template_name = "access/service_keys.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        lines = [
            _line(key, at=now) for key in ServiceKey.objects.select_related("created_by")[:SHOWN]
        ]
        return super().get_context_data(
            **{
                "lines": sorted(lines, key=lambda line: not line["is_usable"]),
                "form": ServiceKeyForm(),
                "offered": offered_scopes(),
                "overlaps": OVERLAPS,
                "root": self.request.build_absolute_uri("/api/v1/"),
            }
            | kwargs
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make a key, or replace one, and show its secret."""
        now = timezone.now()
        if "replace" in request.POST:
            return self._replace(request, at=now)
        form = ServiceKeyForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        key, secret = service_keys.make_key(form.terms(at=now), by=request.user)
        return self._show_once(key, secret)

    def _replace(self, request: HttpRequest, *, at: datetime) -> HttpResponse:
        pk = request.POST["replace"]
        key = get_object_or_404(ServiceKey, pk=int(pk) if pk.isdecimal() and len(pk) < 18 else 0)
        form = ReplaceForm(request.POST)
        try:
            if not form.is_valid():
                raise service_keys.UnusableError("Choose in the list when the old key ends.")
            overlap = timedelta(hours=form.cleaned_data["hours"])
            made, secret = service_keys.replace_key(key, overlap=overlap, at=at, by=request.user)
        except service_keys.UnusableError as error:
            messages.error(request, str(error))
            return redirect("admin:service_keys")
        key.refresh_from_db()
        return self._show_once(made, secret, instead_of=key)

    def _show_once(
        self, key: ServiceKey, secret: str, *, instead_of: ServiceKey | None = None
    ) -> HttpResponse:
        made = {"made": key, "secret": secret, "instead_of": instead_of}
        return self.render_to_response(self.get_context_data(**made))


def change_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a key or change how often it may ask; then show the page again."""
    if request.method == "POST":
        key = get_object_or_404(ServiceKey, pk=pk)
        if request.POST.get("what") == "revoke":
            service_keys.revoke_key(key, at=timezone.now(), by=request.user)
            messages.success(request, f"“{key.label}” was revoked. It opens nothing any more.")
        elif request.POST.get("what") == "rate":
            _change_rate(request, key)
    return redirect("admin:service_keys")


def _change_rate(request: HttpRequest, key: ServiceKey) -> None:
    form = RateForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Requests a minute are a whole number from 1 to 60,000.")
        return
    rate = form.cleaned_data["per_minute"]
    service_keys.change_rate(key, per_minute=rate, by=request.user)
    messages.success(request, f"“{key.label}” may ask {rate:,} times a minute.")


def _line(key: ServiceKey, *, at: datetime) -> dict[str, Any]:
    return {
        "key": key,
        "is_usable": key.is_usable(at=at),
        "scopes": [SCOPES[one].label if one in SCOPES else one for one in key.scopes],
    }
