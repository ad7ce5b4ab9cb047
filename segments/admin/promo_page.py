"""One promo code: whom it is for, who used it, what became of it, and a try with one customer."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone

from segments.admin.promo_pages import CHANGE, LOOK, counted, line
from segments.api.finding import as_id
from segments.models import PromoCode, PromoVersion, Redemption
from segments.promotions.checking import check
from segments.promotions.drafts import draft_of, with_segments
from segments.promotions.judging import Verdict
from segments.promotions.persons import Person, by_email, by_number, by_source
from segments.promotions.saving import set_state
from segments.promotions.stores import STORES, connected
from tenants import audit
from tenants.pages import Page, PageView, register
from tenants.web.scopes import sees_contact

SHOWN = 50


class PromoCodePage(PageView):
    template_name = "segments/promo_code.html"
    parent = "promo_codes"

    def get_title(self) -> str:
        return self.row.code

    @property
    def row(self) -> PromoCode:
        """The code that the address names."""
        rows = with_segments(PromoCode.objects.all())
        return get_object_or_404(rows, pk=self.kwargs["promo_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row
        draft = draft_of(row, row.sides.all())
        who = self.request.GET.get("who", "").replace("\0", "").strip()[:254]
        return super().get_context_data(
            **counted(draft.include, draft.exclude, match=draft.match),
            line=line(row, at=timezone.now()),
            versions=PromoVersion.objects.filter(code=row).select_related("author")[:SHOWN],
            uses=Redemption.objects.filter(code=row).order_by("-redeemed_at", "-pk")[:SHOWN],
            who=who,
            verdict=self._tried(row, who) if who else None,
            sees_contact=sees_contact(self.request),
            may_change=self.request.user.has_perm(CHANGE),
            stores=_stores(row),
            has_stores=bool(STORES),
            **kwargs,
        )

    def _tried(self, row: PromoCode, who: str) -> Verdict | None:
        person = _person(who, sees=sees_contact(self.request))
        return check(row.code, person, at=timezone.now(), is_live=True) if person else None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        row, step = self.row, request.POST.get("step", "")
        if step in PromoCode.State.values:
            set_state(row, step, by=request.user, at=timezone.now())
            words = {"on": "switched on", "off": "switched off"}.get(step, "archived")
            messages.success(request, f"“{row.code}” is {words}.")
        elif step == "push":
            self._push(request, row)
        else:
            messages.error(request, "This button is unknown. Reload the page and try again.")
        return HttpResponseRedirect(request.path)

    def _push(self, request: HttpRequest, row: PromoCode) -> None:
        key, _, way = request.POST.get("way", "").partition(":")
        store = next((one for one in connected() if one.key == key), None)
        ways = {one.key: one for one in store.ways(row)} if store else {}
        if store is None or way not in ways or ways[way].refusal:
            messages.error(request, "This way is not open any more. Choose another one.")
            return
        with transaction.atomic():
            store.push(row, way)
            audit.record(request.user, "push_promo_code", row, store=key, way=way)
        messages.success(request, f"“{row.code}” is on its way to {store.label}.")


def _person(text: str, *, sees: bool) -> Person | None:
    """Return whom somebody typed: an address only for those who may see addresses."""
    if "@" in text:
        return by_email(text) if sees else None
    return by_number(int(text)) if as_id(text) is not None else by_source(text)


def _stores(row: PromoCode) -> list[dict[str, Any]]:
    return [
        {"store": store, "ways": store.ways(row), "place": store.place(row)}
        for store in connected()
    ]


register(Page("promo_code", "Promo code", "promo-codes/<int:promo_id>/", PromoCodePage, LOOK))
