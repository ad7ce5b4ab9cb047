"""The pages of Shopify's segments: which are mirrored, sync now, and how far both RFMs agree."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from commerce.patience import TooSlowError, patience
from integrations.models import ShopifySegment, ShopifySegmentBudget, ShopifyStore
from integrations.shopify.segments.agreement import agreement
from integrations.shopify.segments.jobs import choose, sync_now
from integrations.shopify.segments.moves import LIST_JOB
from integrations.shopify.segments.syncing import budget
from segments.admin.list_column import rfm_labels
from segments.models import Segment
from segments.scoring.rfm.run import latest_run
from tenants import audit, jobs
from tenants.pages import Page, PageView, register
from tenants.panels import SEGMENT, SEGMENT_LIST, Panel

SHOWN = 50
WAIT_MS = 8_000
CHOICES = {"": None, "always": True, "never": False}
MAY_CHANGE = "segments.change_segment"


class ShopifySegmentsPage(PageView):
    template_name = "integrations/shopify_segments.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = ShopifySegment.objects.select_related("segment", "store")
        page = Paginator(rows.order_by("gone_at", "name", "pk"), SHOWN)
        return super().get_context_data(
            page_of=page.get_page(self.request.GET.get("page")),
            budget=budget(),
            mirrored=rows.exclude(members_at=None).aggregate(sum=Sum("shop_count"))["sum"] or 0,
            run=jobs.latest(LIST_JOB),
            is_connected=_is_connected(),
            may_change=self.request.user.has_perm(MAY_CHANGE),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Sync now, choose for one segment, or set the budget."""
        if not request.user.has_perm(MAY_CHANGE):
            raise PermissionDenied
        step = STEPS.get(request.POST.get("step", ""))
        messages.info(request, step(request) if step else "Nothing was changed.")
        back = request.POST.get("back", "")
        is_list = back == "list"
        address = f"{reverse('admin:segments_segment_changelist')}?tab=shopify"
        return HttpResponseRedirect(address if is_list else request.path)


def _sync(request: HttpRequest) -> str:
    if not _is_connected():
        return "Connect a Shopify store first."
    found = _named(request)
    sync_now(found, by=request.user)
    return f"“{found}” is being read." if found else "Shopify's segments are being read."


def _choose(request: HttpRequest) -> str:
    found, choice = _named(request), request.POST.get("choice", "")
    if found is None or choice not in CHOICES:
        return "Nothing was changed."
    choose(found, is_chosen=CHOICES[choice], by=request.user)
    return "Saved."


def _set_budget(request: HttpRequest) -> str:
    limits = {}
    for name, most in (("most_members", 50_000_000), ("most_segments", 6_000)):
        typed = request.POST.get(name, "").strip()
        if not typed.isdecimal() or int(typed) > most:
            return f"Type whole numbers; {most:,} is the most. Nothing was changed."
        limits[name] = int(typed)
    ShopifySegmentBudget.objects.update_or_create(pk=budget().pk, defaults=limits)
    audit.record(request.user, "choose_shopify_segment", ShopifySegmentBudget, **limits)
    return "Saved. It holds from the next sync on."


STEPS = {"sync": _sync, "choose": _choose, "budget": _set_budget}


def _named(request: HttpRequest) -> Segment | None:
    typed = request.POST.get("segment", "")
    pk = int(typed) if typed.isdecimal() and len(typed) < 18 else 0
    return Segment.objects.filter(pk=pk, shopify__isnull=False).first()


def _is_connected() -> bool:
    return ShopifyStore.objects.filter(state=ShopifyStore.State.CONNECTED).exists()


class ShopifyRfmPage(PageView):
    template_name = "integrations/shopify_rfm.html"
    parent = "shopify_segments"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labels = rfm_labels()
        try:
            with patience(WAIT_MS):
                found = agreement(list(labels))
        except TooSlowError:
            found = None
        names = [labels.get(key, key) for key in found.columns] if found else []
        return super().get_context_data(table=found, names=names, run=latest_run(), **kwargs)


def _segment_panel(request: HttpRequest, segment: Any) -> dict[str, Any] | None:
    row = ShopifySegment.objects.filter(pk=segment.pk).select_related("store").first()
    return None if row is None else {"row": row, "may_change": request.user.has_perm(MAY_CHANGE)}


def _list_panel(request: HttpRequest, tab: Any) -> dict[str, Any] | None:
    if tab != "shopify" or not ShopifyStore.objects.exists():
        return None
    rows = ShopifySegment.objects.filter(gone_at=None)
    return {
        "run": jobs.latest(LIST_JOB),
        "may_sync": request.user.has_perm(MAY_CHANGE) and _is_connected(),
        "oldest": rows.exclude(members_at=None).order_by("members_at").first(),
        "unknown": rows.aggregate(sum=Sum("unknown_count"))["sum"] or 0,
        "counted_only": rows.filter(members_at=None).exclude(shop_count=None).count(),
    }


register(
    Page(
        "shopify_segments",
        "Shopify segments",
        "integrations/shopify-segments/",
        ShopifySegmentsPage,
        "segments.view_segment",
    )
)
register(
    Page(
        "shopify_rfm",
        "Shopify’s RFM and ours",
        "integrations/shopify-segments/rfm/",
        ShopifyRfmPage,
        "segments.view_segment",
    )
)
SEGMENT.register(
    Panel("shopify", "Shopify", "integrations/shopify_segment_panel.html", _segment_panel, 5)
)
SEGMENT_LIST.register(
    Panel("shopify", "Shopify", "integrations/shopify_list_panel.html", _list_panel, 5)
)
