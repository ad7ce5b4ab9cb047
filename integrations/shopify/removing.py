"""What a shop does not have any more: orders taken out, customers merged, let go or forgotten.

A shop deletes only customers without orders. One whose number is gone though they have orders was
merged, and their orders say with whom; or they were redacted, and then their orders name nobody.
"""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from commerce import merging
from commerce.erasure.erase import erase
from commerce.models import CustomerIdentity, Order
from commerce.removal import remove_orders
from integrations.models import ShopifyStore, SkippedRecord
from integrations.shopify.client import ShopifyClient
from integrations.shopify.mappers import number
from integrations.shopify.resources import ORDERS, Resource

ASKED_ORDERS = 5  # of a customer whose number is gone: one tells with whom they were merged


def remove(
    store: ShopifyStore, resource: Resource, ids: Collection[str], *, at: datetime, today: date
) -> int:
    """Take out what the shop does not have any more; return how many there were here."""
    SkippedRecord.objects.filter(
        source=store.source, resource=resource.key, external_id__in=ids
    ).delete()
    if resource is ORDERS:
        return remove_orders(store.source, ids, at=at)
    rows = CustomerIdentity.objects.filter(source=store.source, external_id__in=ids)
    here = sorted(set(rows.values_list("customer_id", flat=True)))
    if not here:
        return 0
    # One the shop knows under another number as well, or another source knows, stays.
    others = CustomerIdentity.objects.filter(customer__in=here).exclude(
        source=store.source, external_id__in=ids
    )
    known = set(others.values_list("customer_id", flat=True))
    with transaction.atomic():
        rows.filter(customer__in=known).delete()
        alone = [pk for pk in here if pk not in known]
        if alone:
            erase(alone, by=None, at=at, keeps_away=False)
    return len(here)


def find_survivors(
    client: ShopifyClient, store: ShopifyStore, ids: Collection[str]
) -> dict[str, str]:
    """Return for numbers that are gone the number that now has their orders."""
    found: dict[str, str] = {}
    for gone in ids:
        owner = CustomerIdentity.objects.filter(source=store.source, external_id=gone).first()
        if owner is None:
            continue
        orders = Order.objects.filter(customer=owner.customer_id, source=store.source)
        asked = list(orders.order_by("-placed_at").values_list("external_id", flat=True))
        if not asked:
            continue
        names = [ORDERS.gid(each) for each in asked[:ASKED_ORDERS]]
        nodes = client.ask(ORDERS.by_id, ids=names, lines=1).data["nodes"]
        now = [number(node["customer"]["id"]) for node in nodes if node and node["customer"]]
        if now and now[0] != gone:
            found[gone] = now[0]
    return found


def merge(store: ShopifyStore, *, gone: str, survivor: str, at: datetime) -> bool:
    """Make two of the shop's customers one, as the shop did; False when both are not here."""
    rows = CustomerIdentity.objects.filter(source=store.source)
    absorbed = rows.filter(external_id=gone).first()
    kept = rows.filter(external_id=survivor).first()
    if absorbed is None or kept is None:
        return False
    if absorbed.customer_id == kept.customer_id:
        return True
    try:
        merging.merge(survivor=kept.customer_id, absorbed=absorbed.customer_id, by=None, at=at)
    except merging.MergeRefused:
        return False
    return True


def settle_gone(
    client: ShopifyClient,
    store: ShopifyStore,
    resource: Resource,
    ids: Collection[str],
    *,
    at: datetime,
    today: date,
) -> dict[str, int]:
    """Do with ids that are gone what the shop did; return how many were merged and removed."""
    merged: set[str] = set()
    if resource is not ORDERS:
        for gone, survivor in find_survivors(client, store, ids).items():
            if merge(store, gone=gone, survivor=survivor, at=at):
                merged.add(gone)
    removed = remove(store, resource, [each for each in ids if each not in merged], at=at,
                     today=today)  # fmt: skip
    return {"merged": len(merged), "removed": removed}
