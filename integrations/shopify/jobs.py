"""The background work of the Shopify connector. Nothing of it is scheduled without a store."""

from datetime import time
from typing import Any

from integrations.models import ShopifyLoad, ShopifyStore
from integrations.shopify import checking, connecting, loading, loads
from integrations.shopify.connecting import PROVIDER, Standing
from integrations.shopify.credentials import client_for
from integrations.shopify.resources import RESOURCES, mirror_of
from integrations.shopify.sweeping import Clock, sweep
from integrations.sync import Counts, follow
from tenants import jobs
from tenants.progress import Cancelled
from tenants.runs import JobFailed, LeaseLost, RunHandle

HOURS = 3_600
DAY = 24 * HOURS


def sync_all(handle: RunHandle) -> dict[str, Any]:
    """Begin a sweep of every connected store; one that is at work goes on."""
    stores = ShopifyStore.objects.filter(state=ShopifyStore.State.CONNECTED)
    for store in stores:
        start_sync(store)
    return {"stores": len(stores)}


def start_sync(store: ShopifyStore) -> None:
    """Queue a sweep of the store unless one waits or works."""
    if not any(run.params.get("store") == store.pk for run in _live(loads.SYNC_JOB)):
        jobs.start(loads.SYNC_JOB, params={"store": store.pk})


def _live(key: str) -> list[jobs.Run]:
    tenant = jobs.merchant_here()
    with jobs.schema_context("public"):
        states = [jobs.Run.State.QUEUED, jobs.Run.State.RUNNING]
        return list(jobs.Run.objects.filter(tenant=tenant, job=key, state__in=states))


def sync_store(handle: RunHandle) -> Counts:
    """Sweep one store: customers, then orders, then counts."""
    store = _store(handle)
    clock = Clock()

    def work(counts: Counts) -> Counts:
        with client_for(store) as client:
            connecting.look(store, client, at=handle.moment)
            for resource in RESOURCES.values():
                if counts.get(_over(resource.key)) or resource.scope not in store.scopes:
                    continue
                sweep(client, store, resource, at=handle.moment, today=handle.today,
                      counts=counts, progress=handle, clock=clock)  # fmt: skip
                counts[_over(resource.key)] = 1
            _count_hourly(store, client, handle=handle)
        return _told(counts)

    return follow(handle, work, connection=Standing(store))


def _count_hourly(store: ShopifyStore, client: Any, *, handle: RunHandle) -> None:
    mirrors = [mirror_of(store, resource) for resource in RESOURCES.values()]
    times = [mirror.counted_at for mirror in mirrors]
    is_due = any(at is None or handle.moment - at >= connecting.LOOK_EVERY for at in times)
    if is_due and all(resource.scope in store.scopes for resource in RESOURCES.values()):
        checking.compare_counts(client, store, at=handle.moment)


def load(handle: RunHandle) -> Counts:
    """Do a load from where it stands."""
    row = ShopifyLoad.objects.filter(pk=handle.params["load"]).select_related("store").first()
    if row is None or not row.is_open:
        return dict(handle.run.counts)
    store = row.store
    if not store.is_connected:
        raise JobFailed("The store is not connected.")

    def work(counts: Counts) -> Counts:
        with client_for(store) as client:
            try:
                return _work(row, client, handle=handle, counts=counts)
            except LeaseLost:
                raise
            except Cancelled:
                _stopped(row, client, handle=handle)
                raise

    try:
        return follow(handle, work, connection=Standing(store))
    except JobFailed as error:
        row.refresh_from_db()
        if row.is_open:
            loads.end(row, state=ShopifyLoad.State.FAILED, at=handle.moment, error=str(error))
        raise


def _work(row: ShopifyLoad, client: Any, *, handle: RunHandle, counts: Counts) -> Counts:
    if row.kind == ShopifyLoad.Kind.ALL:
        return loading.work(row, client, handle=handle, counts=counts)
    loading.wait_for_file(row, client, handle=handle)
    checking.compare_all(row, client, RESOURCES[row.resource], at=handle.moment,
                         today=handle.today, counts=counts)  # fmt: skip
    loads.end(row, state=ShopifyLoad.State.DONE, at=handle.moment)
    return counts


def _stopped(row: ShopifyLoad, client: Any, *, handle: RunHandle) -> None:
    """Somebody cancelled the load: the shop need not go on either."""
    row.refresh_from_db()
    if row.state == ShopifyLoad.State.RUNNING and row.operation:
        loading.stop(row, client)
    if row.is_open:
        loads.end(row, state=ShopifyLoad.State.CANCELLED, at=handle.moment)


def check_all(handle: RunHandle) -> dict[str, Any]:
    """Begin the nightly look at every connected store."""
    stores = ShopifyStore.objects.filter(state=ShopifyStore.State.CONNECTED)
    for store in stores:
        jobs.start("shopify_check_store", params={"store": store.pk})
    return {"stores": len(stores)}


def check_store(handle: RunHandle) -> Counts:
    """Look whether what is mirrored is still there, and count."""
    store = _store(handle)
    clock = Clock()

    def work(counts: Counts) -> Counts:
        with client_for(store) as client:
            for resource in RESOURCES.values():
                if counts.get(_over(resource.key)) or resource.scope not in store.scopes:
                    continue
                checking.look(client, store, resource, at=handle.moment, today=handle.today,
                              counts=counts, progress=handle, clock=clock)  # fmt: skip
                counts[_over(resource.key)] = 1
            checking.compare_counts(client, store, at=handle.moment)
        return _told(counts)

    return follow(handle, work, connection=Standing(store))


def compare_all(handle: RunHandle) -> dict[str, Any]:
    """Ask every connected store for all its ids, to compare them with the mirror."""
    stores = ShopifyStore.objects.filter(state=ShopifyStore.State.CONNECTED)
    for store in stores:
        for resource in RESOURCES.values():
            if mirror_of(store, resource).loaded_at and resource.scope in store.scopes:
                loads.begin(store, resource, kind=ShopifyLoad.Kind.IDS)
    return {"stores": len(stores)}


def _over(key: str) -> str:
    """Return the count that says a resource is done with, for the run's next part."""
    return f"{key}_over"


def _told(counts: Counts) -> Counts:
    """Return the counts without what only the parts of a run say to each other."""
    return {name: value for name, value in counts.items() if not name.endswith("_over")}


def _store(handle: RunHandle) -> ShopifyStore:
    store = ShopifyStore.objects.filter(pk=handle.params["store"]).first()
    if store is None or not store.is_connected:
        raise JobFailed("The store is not connected.")
    return store


def by_store(params: dict[str, Any]) -> str:
    """Let stores be worked at side by side, each by one run."""
    return f"store:{params.get('store', '')}"


def by_load(params: dict[str, Any]) -> str:
    return f"load:{params.get('load', '')}"


JOBS = (
    jobs.Job(
        key="shopify_sync",
        label="Sync Shopify customers and orders",
        run=sync_all,
        queue="sync",
        cadence=jobs.Cadence.MINUTES,
        every=15,
        account=PROVIDER,
        help="Brings in what changed in your Shopify stores since the last time.",
    ),
    jobs.Job(
        key=loads.SYNC_JOB,
        label="Sync one Shopify store",
        run=sync_store,
        queue="sync",
        lane=by_store,
        needs_params=True,
        help="The part of one store in the sync.",
    ),
    jobs.Job(
        key=loads.JOB,
        label="Load a Shopify store",
        run=load,
        queue="sync",
        lane=by_load,
        needs_params=True,
        run_seconds=DAY,
        help="Reads all customers or orders of a store from a file that Shopify writes.",
    ),
    jobs.Job(
        key="shopify_check",
        label="Look for what is gone in Shopify",
        run=check_all,
        queue="sync",
        cadence=jobs.Cadence.DAILY,
        at=time(1, 30),
        account=PROVIDER,
        help="Finds deleted and merged customers and deleted orders that no message told of.",
    ),
    jobs.Job(
        key="shopify_check_store",
        label="Look through one Shopify store",
        run=check_store,
        queue="sync",
        lane=by_store,
        needs_params=True,
        help="The part of one store in the nightly look.",
    ),
    jobs.Job(
        key="shopify_compare",
        label="Compare all of Shopify",
        run=compare_all,
        queue="sync",
        cadence=jobs.Cadence.WEEKLY,
        at=time(2, 0),
        day=7,
        account=PROVIDER,
        help="Compares every id of your Shopify stores with what stands here.",
    ),
)
for job in JOBS:
    jobs.register(job)
