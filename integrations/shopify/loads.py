"""Loads: everything of a kind as one file that the shop writes. Begun, stopped, shown here."""

from datetime import datetime

from django.db import transaction
from django_tenants.utils import schema_context

from integrations.models import ShopifyLoad, ShopifyStore
from integrations.shopify.resources import Resource
from tenants import jobs
from tenants.jobs import merchant_here
from tenants.models import Run
from tenants.runs import cancel

JOB, SYNC_JOB = "shopify_load", "shopify_store"
State, Kind = ShopifyLoad.State, ShopifyLoad.Kind
OVER = (State.DONE, State.FAILED, State.CANCELLED)


def begin(store: ShopifyStore, resource: Resource, *, kind: str = Kind.ALL) -> ShopifyLoad:
    """Return the open load of the resource, or a new one; its run is queued."""
    with transaction.atomic():
        rows = ShopifyLoad.objects.select_for_update()
        load = rows.filter(store=store, resource=resource.key).exclude(state__in=OVER).first()
        if load is None:
            load = ShopifyLoad.objects.create(store=store, resource=resource.key, kind=kind)
        if not runs_of(load, is_live=True):
            jobs.start(JOB, params={"load": load.pk})
    return load


def runs_of(load: ShopifyLoad, *, is_live: bool = False) -> list[Run]:
    """Return the load's runs, newest first."""
    tenant = merchant_here()
    with schema_context("public"):
        rows = Run.objects.filter(tenant=tenant, job=JOB, params__load=load.pk)
        if is_live:
            rows = rows.filter(state__in=[Run.State.QUEUED, Run.State.RUNNING])
        return list(rows.select_related("tenant")[:5])


def newest(store: ShopifyStore, resource: Resource) -> ShopifyLoad | None:
    """Return the newest load of everything of a kind."""
    return ShopifyLoad.objects.filter(store=store, resource=resource.key, kind=Kind.ALL).first()


def stop_all(store: ShopifyStore, *, at: datetime) -> None:
    """Stop everything that is at work for the store."""
    tenant = merchant_here()
    open_loads = ShopifyLoad.objects.filter(store=store).exclude(state__in=OVER)
    ids = list(open_loads.values_list("pk", flat=True))
    with schema_context("public"):
        live = Run.objects.filter(tenant=tenant, state__in=[Run.State.QUEUED, Run.State.RUNNING])
        found = [
            *live.filter(job=JOB, params__load__in=ids),
            *live.filter(job=SYNC_JOB, params__store=store.pk),
        ]
        for run in found:
            cancel(run)
    for load in open_loads:
        end(load, state=State.CANCELLED, at=at)


def end(load: ShopifyLoad, *, state: str, at: datetime, error: str = "") -> None:
    """Write a load's end and forget what is only of use while it is open."""
    load.state, load.error, load.finished_at, load.url = state, error, at, ""
    load.save(update_fields=["state", "error", "finished_at", "url"])
    if state != State.FAILED:
        load.late_lines.all().delete()


def wake(operation: str) -> bool:
    """Go on with the load of a bulk operation that the shop says is over; False when none is."""
    load = ShopifyLoad.objects.filter(operation=operation, state=State.RUNNING).first()
    if load is None:
        return False
    for run in runs_of(load, is_live=True):
        with schema_context("public"):
            Run.objects.filter(pk=run.pk, state=Run.State.QUEUED).update(
                not_before=None, sent_at=None
            )
    return True
