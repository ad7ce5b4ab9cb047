"""Reading anew whoever webhooks named: the shop's own word, never the message's."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from commerce.models import CustomerIdentity, Order
from integrations.models import ShopifyStore
from integrations.shopify import landing, removing
from integrations.shopify.client import ShopifyClient
from integrations.shopify.resources import CUSTOMERS, ORDERS, Resource

PAGE = {CUSTOMERS.key: 100, ORDERS.key: 20}  # ids a question: some 600 points each


def read_again(
    client: ShopifyClient,
    store: ShopifyStore,
    resource: Resource,
    ids: Iterable[str],
    *,
    at: datetime,
    today: date,
) -> None:
    """Ask the shop for these and land them; remove what it does not have any more."""
    wanted, size = sorted(set(ids)), PAGE[resource.key]
    for start in range(0, len(wanted), size):
        page = wanted[start : start + size]
        asked = [resource.gid(each) for each in page]
        reply = client.ask(resource.by_id, ids=asked, **dict(resource.variables))
        nodes = reply.data["nodes"]
        items, unusable = landing.read(
            (node for node in nodes if node),
            to_item=lambda node: resource.to_item(client, store, node),
        )
        gone = [known for known, node in zip(page, nodes, strict=True) if not node]
        with transaction.atomic():
            how = landing.how_for(store, today=today, lines_complete=True)
            landed = landing.land(items, how=how)
            landed.skipped |= unusable
            landing.keep_skipped(store, resource=resource.key, landed=landed, at=at)
        if gone:
            removing.settle_gone(client, store, resource, gone, at=at, today=today)


def known_since(store: ShopifyStore, resource: Resource, ids: Iterable[str]) -> dict[str, Any]:
    """Return id → when the shop last changed what is mirrored of it."""
    if resource is ORDERS:
        rows = Order.objects.filter(source=store.source, external_id__in=set(ids))
        return dict(rows.values_list("external_id", "source_at"))
    found = CustomerIdentity.objects.filter(source=store.source, external_id__in=set(ids))
    return dict(found.values_list("external_id", "customer__source_at"))
