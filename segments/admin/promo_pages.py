"""Promo codes: the list, and the form that makes and changes one with its audience beside it."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from commerce.patience import TooSlowError, patience
from commerce.text import fold
from segments.admin.promo_form import (
    SIDES,
    PromoForm,
    ids_of,
    initial_of,
    rows,
    sides_of,
    sides_sent,
)
from segments.models import PromoCode
from segments.promotions.audience import audience
from segments.promotions.differences import discount_words
from segments.promotions.drafts import Draft, draft_of, with_segments
from segments.promotions.saving import ChangedMeanwhileError, UsedError, delete_code, save_code
from segments.promotions.stages import STAGES, stage_of
from tenants.pages import Page, PageView, register

LOOK, ADD, CHANGE, DELETE = (
    f"segments.{verb}_promocode" for verb in ("view", "add", "change", "delete")
)
SHOWN = 50
WAIT_MS = 5_000


class PromoCodesPage(PageView):
    template_name = "segments/promo_codes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked, at = self.request.GET, timezone.now()
        state = asked.get("state", "")
        found = _narrowed(asked.get("q", "")[:64], state)
        before = asked.get("before", "")
        if before.isdecimal() and len(before) < 18:
            found = found.filter(pk__lt=int(before))
        page = list(with_segments(found).order_by("-pk")[: SHOWN + 1])
        return super().get_context_data(
            lines=[line(row, at=at) for row in page[:SHOWN]],
            older=page[SHOWN - 1].pk if len(page) > SHOWN else None,
            states=PromoCode.State.choices,
            asked={"q": asked.get("q", ""), "state": state},
            is_narrowed=bool(asked.get("q") or state or before),
            may_add=self.request.user.has_perm(ADD),
            **kwargs,
        )


def _narrowed(text: str, state: str) -> "QuerySet[PromoCode]":
    found = PromoCode.objects.all()
    if text := text.replace("\0", "").strip():
        found = found.filter(Q(code_key__contains=fold(text)) | Q(description__icontains=text))
    if state in PromoCode.State.values:
        return found.filter(state=state)
    return found if text else found.exclude(state=PromoCode.State.ARCHIVED)


def line(row: PromoCode, *, at: Any) -> dict[str, Any]:
    """Return what a page says of one code."""
    stage = stage_of(row, at=at)
    sides = sorted(row.sides.all(), key=lambda side: side.segment.name)
    return {
        "row": row,
        "stage": stage,
        "stage_words": STAGES[stage][0],
        "badge": STAGES[stage][1],
        "discount": discount_words(row.discount, row.value),
        "include": [side.segment for side in sides if side.side == "include"],
        "exclude": [side.segment for side in sides if side.side == "exclude"],
    }


class PromoFormPage(PageView):
    template_name = "segments/promo_form.html"
    parent = "promo_codes"

    @property
    def row(self) -> PromoCode | None:
        """The code being changed, None for a new one."""
        pk = self.kwargs.get("promo_id")
        return get_object_or_404(with_segments(PromoCode.objects.all()), pk=pk) if pk else None

    def get_title(self) -> str:
        row = self.row
        return f"Change {row.code}" if row else "New promo code"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row
        draft = draft_of(row, row.sides.all()) if row else self._suggested()
        sides = kwargs.pop("sides", None)
        sides = sides_of(draft) if sides is None else sides
        form = kwargs.pop("form", None) or PromoForm(initial=initial_of(draft))
        context = {"row": row, "form": form, "rows": rows(sides), "sides": SIDES}
        return super().get_context_data(
            **context | {"may_delete": self.request.user.has_perm(DELETE)} | kwargs
        )

    def _suggested(self) -> Draft:
        """Begin with the segment whose page led here, and the percentage it is meant for."""
        asked, value = (self.request.GET.get(name, "") for name in ("segment", "value"))
        is_id = asked.isdecimal() and len(asked) < 18
        percent = Decimal(value) if value.isdecimal() and len(value) < 3 else None
        return Draft(code="", include=(int(asked),) if is_id else (), value=percent)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        row = self.row
        if request.POST.get("step") == "delete" and row is not None:
            return self._delete(request, row)
        form, sides = PromoForm(request.POST), sides_sent(request.POST)
        if form.is_valid():
            try:
                return self._save(request, form, sides, row)
            except ValidationError as error:
                for name, words in error.message_dict.items():
                    form.add_error(name if name in form.fields else None, words)
            except ChangedMeanwhileError:
                form.add_error(None, "Somebody saved this code meanwhile. Open it again.")
        context = self.get_context_data(form=form, sides=sides)
        return self.render_to_response(context, status=400)

    def _save(
        self, request: HttpRequest, form: PromoForm, sides: dict[str, str], row: PromoCode | None
    ) -> HttpResponseBase:
        text = request.POST.get("version", "")
        version = int(text) if text.isdecimal() and len(text) < 10 else None
        draft = form.draft(sides)
        kept = save_code(draft, by=request.user, at=timezone.now(), row=row, version=version)
        messages.success(request, f"“{kept.code}” is saved.")
        return HttpResponseRedirect(reverse("admin:promo_code", args=[kept.pk]))

    def _delete(self, request: HttpRequest, row: PromoCode) -> HttpResponseBase:
        if not request.user.has_perm(DELETE):
            raise PermissionDenied
        try:
            delete_code(row, by=request.user)
        except UsedError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("admin:promo_code", args=[row.pk]))
        messages.success(request, f"“{row.code}” is gone.")
        return HttpResponseRedirect(reverse("admin:promo_codes"))


@require_POST
def promo_audience(request: HttpRequest) -> HttpResponse:
    """Answer whom the segments chosen in the form come to, as a piece of the page."""
    sides = sides_sent(request.POST)
    match = request.POST.get("match", PromoCode.Match.ANY)
    return render(
        request,
        "segments/promo_audience.html",
        counted(ids_of(sides, "include"), ids_of(sides, "exclude"), match=match),
    )


def counted(include: tuple[int, ...], exclude: tuple[int, ...], *, match: str) -> dict[str, Any]:
    """Return an audience for the page, or that it takes too long."""
    try:
        with patience(WAIT_MS):
            found = audience(include, exclude, match=match)
    except TooSlowError:
        return {"is_slow": True}
    return {"audience": found, "at": timezone.now(), "is_open": not include}


register(Page("promo_codes", "Promo codes", "promo-codes/", PromoCodesPage, LOOK))
register(Page("promo_code_add", "New promo code", "promo-codes/add/", PromoFormPage, ADD))
register(Page("promo_audience", "Audience", "promo-codes/audience/", promo_audience, CHANGE))
register(
    Page(
        "promo_code_edit",
        "Change a promo code",
        "promo-codes/<int:promo_id>/edit/",
        PromoFormPage,
        CHANGE,
    )
)
