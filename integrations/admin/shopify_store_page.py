"""One store's page: its state and rights, how far the mirror is, runs, what was left out."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django_tenants.utils import schema_context

from integrations.admin.shopify_page import CONNECT
from integrations.models import ShopifyMirror, ShopifyStore, SkippedRecord
from integrations.shopify import connecting, loads
from integrations.shopify.connector import tone_of
from integrations.shopify.jobs import start_sync
from integrations.shopify.resources import RESOURCES
from integrations.shopify.scopes import missing
from tenants.jobs import merchant_here
from tenants.models import Run
from tenants.pages import Page, PageView, register

SHOWN_RUNS, SHOWN_SKIPPED = 10, 20
RUN_JOBS = (loads.SYNC_JOB, loads.JOB, "shopify_check_store")


class ShopifyStorePage(PageView):
    """A store for the whole team to look at, for owners to act on."""

    template_name = "integrations/shopify_store.html"
    parent = "shopify"

    @property
    def store(self) -> ShopifyStore:
        """The store the address names; raises Http404 when there is none."""
        if not hasattr(self, "_store"):
            self._store = get_object_or_404(ShopifyStore, pk=self.kwargs["pk"])
        return self._store

    def get_title(self) -> str:
        return str(self.store)

    def breadcrumbs(self) -> list[dict[str, str]]:
        return super().breadcrumbs() if self.request.user.has_perm(CONNECT) else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        store, tenant = self.store, merchant_here()
        runs = runs_of(store)
        skipped = SkippedRecord.objects.filter(source=store.source)
        return super().get_context_data(
            store=store,
            tone=tone_of(store),
            may_act=self.request.user.has_perm(CONNECT),
            missing=missing(store.scopes) if store.state != ShopifyStore.State.NEW else [],
            is_other_currency=bool(store.currency) and store.currency != tenant.currency,
            tenant_currency=tenant.currency,
            mirrors=mirrors_of(store),
            live=[run for run in runs if run.is_live],
            runs=[RunLine(run) for run in runs if not run.is_live],
            skipped=skipped.order_by("-last_seen_at")[:SHOWN_SKIPPED],
            skipped_count=skipped.count(),
            **kwargs,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do what the button says."""
        if not request.user.has_perm(CONNECT):
            return HttpResponse("Your role may not change connections.", status=403)
        act = ACTS.get(request.POST.get("do", ""))
        if act is not None:
            messages.success(request, act(self.store, request.user, timezone.now()))
        return redirect("admin:shopify_store", pk)


def _sync(store: ShopifyStore, by: Any, at: datetime) -> str:
    if not store.is_connected:
        return "The store is not connected."
    start_sync(store)
    return "The sync has been started."


def _load(store: ShopifyStore, by: Any, at: datetime) -> str:
    if not store.is_connected:
        return "The store is not connected."
    for resource in RESOURCES.values():
        if resource.scope in store.scopes:
            loads.begin(store, resource)
    return "Everything is read again. What is here stays meanwhile."


def _disconnect(store: ShopifyStore, by: Any, at: datetime) -> str:
    connecting.disconnect(store, by=by, at=at)
    return f"{store} is disconnected. What it brought stays; its tokens are forgotten."


ACTS = {"sync": _sync, "load": _load, "disconnect": _disconnect}


def mirrors_of(store: ShopifyStore) -> list[tuple[str, ShopifyMirror, str]]:
    """Return each resource's label, its row and, where it is loading, the words for it."""
    rows = {mirror.resource: mirror for mirror in store.mirrors.all()}
    lines = []
    for resource in RESOURCES.values():
        load = loads.newest(store, resource)
        words = load.get_state_display() if load and load.is_open else ""
        if load and load.error and not load.is_open:
            words = load.error
        mirror = rows.get(resource.key) or ShopifyMirror(store=store, resource=resource.key)
        lines.append((resource.label.capitalize(), mirror, words))
    return lines


def runs_of(store: ShopifyStore) -> list[Run]:
    """Return the store's newest runs."""
    tenant = merchant_here()
    ids = list(store.loads.order_by("-id").values_list("pk", flat=True)[:20])
    with schema_context("public"):
        rows = Run.objects.filter(tenant=tenant, job__in=RUN_JOBS)
        mine = rows.filter(params__store=store.pk) | rows.filter(params__load__in=ids)
        return list(mine.select_related("tenant").order_by("-id")[:SHOWN_RUNS])


class RunLine:
    """A run that is over, as the page shows it."""

    def __init__(self, run: Run) -> None:
        self.run = run
        counts = {key: value for key, value in run.counts.items() if isinstance(value, int)}
        self.read = _sum(counts, "_read")
        self.written = _sum(counts, "_written")
        self.skipped = _sum(counts, "_skipped")
        self.seconds = (
            (run.finished_at - run.created_at).total_seconds() if run.finished_at else None
        )
        self.reasons = [
            (key.removeprefix("left out: "), value)
            for key, value in counts.items()
            if key.startswith("left out: ")
        ]


def _sum(counts: dict[str, int], end: str) -> int:
    return sum(value for key, value in counts.items() if key.endswith(end))


register(
    Page(
        "shopify_store", "Shopify store", "integrations/shopify/<int:pk>/", ShopifyStorePage,
        "integrations.view_shopifystore",
    )
)  # fmt: skip
