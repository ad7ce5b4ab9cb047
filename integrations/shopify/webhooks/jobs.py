"""The background work of webhooks, and how long their rows are kept."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from integrations import sync
from integrations.models import ShopifyDelivery, ShopifyStore
from integrations.shopify import moments
from integrations.shopify.connecting import PROVIDER, Standing
from integrations.shopify.credentials import client_for
from integrations.shopify.webhooks import subscriptions
from integrations.shopify.webhooks.accepting import JOB
from integrations.shopify.webhooks.working import work
from tenants import jobs, retention
from tenants.jobs import Cadence, Job
from tenants.runs import JobFailed, RunHandle

HOOKS_JOB = "shopify_hooks"
BODIES = timedelta(days=14)  # of messages set aside, so that they can be tried again


def reconcile(handle: RunHandle) -> dict[str, Any]:
    """Compare and mend the webhooks of every connected store, or of the one that is named."""
    rows = ShopifyStore.objects.filter(state=ShopifyStore.State.CONNECTED)
    if "store" in handle.params:
        rows = rows.filter(pk=handle.params["store"])
    counts: dict[str, Any] = {"made": 0, "deleted": 0}
    failed: list[str] = []
    for store in rows:
        try:
            done = sync.follow(
                handle, partial(_of_store, handle, store), connection=Standing(store)
            )
            counts = {key: counts[key] + done.get(key, 0) for key in counts}
        except JobFailed as error:
            failed.append(str(error))
    if failed:
        raise JobFailed(failed[0])
    return counts


def _of_store(handle: RunHandle, store: ShopifyStore, so_far: sync.Counts) -> sync.Counts:
    with client_for(store) as client:
        return dict(subscriptions.reconcile(client, store, at=handle.moment))


def _connected(store: ShopifyStore) -> None:
    jobs.start(HOOKS_JOB, params={"store": store.pk})


def _left(store: ShopifyStore) -> None:
    """Leave the rows: what was said before still holds."""


def _delete_deliveries(before: datetime) -> int:
    """Delete old messages; the bodies of those set aside go after a fortnight."""
    aside = ShopifyDelivery.objects.filter(state=ShopifyDelivery.State.QUARANTINED)
    aside.filter(received_at__lt=timezone.now() - BODIES).update(body=None)
    return retention.delete_rows(ShopifyDelivery.objects.filter(received_at__lt=before))


moments.FOLLOWERS.register(moments.Follower("webhooks", "Webhooks", _connected, _left))
jobs.register(
    Job(
        key=JOB,
        label="Work off Shopify's messages",
        run=work,
        queue="interactive",
        cadence=Cadence.HOURS,
        every=1,
        account=PROVIDER,
        help="Whoever a webhook named is read anew. Woken by each webhook.",
    )
)
jobs.register(
    Job(
        key=HOOKS_JOB,
        label="Check Shopify's webhooks",
        run=reconcile,
        queue="sync",
        cadence=Cadence.DAILY,
        account=PROVIDER,
        help="Shopify drops a webhook that failed too often; missing ones are made again.",
    )
)
retention.register(
    retention.Kept(
        key="shopify_deliveries",
        label="Messages from Shopify",
        days=30,
        least=8,
        help="What each was about and what became of it. Their text is deleted as soon as it is "
        "worked off.",
        delete=_delete_deliveries,
    )
)
