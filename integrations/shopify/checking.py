"""Whether the mirror is the shop: a nightly look at what may be gone, counts, a weekly comparison.

Nothing is removed on a doubtful word: not from an empty list, and not more than a fifth at once
(and more than fifty) unless somebody has looked.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from psycopg import sql

from commerce.models import CustomerIdentity, Order
from integrations.errors import Refused
from integrations.models import ShopifyLoad, ShopifyMirror, ShopifyStore
from integrations.shopify import landing, removing
from integrations.shopify.bulk_file import read_chunks
from integrations.shopify.client import ShopifyClient, fetch
from integrations.shopify.mappers import number
from integrations.shopify.resources import CUSTOMERS, Resource, mirror_of
from integrations.shopify.sweeping import Clock
from integrations.sync import Counts
from tenants.progress import Progress
from tenants.schema import connection

IDS = 250  # that one question takes
NIGHTLY = 20_000  # ids of a resource a night: 80 questions of one point each
ASK_AGAIN = timedelta(minutes=15)
MOST_SHARE, MOST_FREE = 0.2, 50
FETCHED = 5_000  # missing records that are read one by one; of more a whole load is better


def ids_here(store: ShopifyStore, resource: Resource) -> Any:
    """Return the ids of the mirror, as a query of one column."""
    model: Any = CustomerIdentity if resource is CUSTOMERS else Order
    rows = model.objects.filter(source=store.source)
    return rows.order_by("external_id").values_list("external_id", flat=True)


def look(
    client: ShopifyClient,
    store: ShopifyStore,
    resource: Resource,
    *,
    at: datetime,
    today: date,
    counts: Counts,
    progress: Progress,
    clock: Clock,
) -> None:
    """Ask for the next ids of the mirror whether the shop still has them, from where it stood."""
    mirror = mirror_of(store, resource)
    asked_key = f"{resource.key}_checked"
    while counts.get(asked_key, 0) < NIGHTLY:
        clock.check()
        page = list(ids_here(store, resource).filter(external_id__gt=mirror.checked_after)[:IDS])
        if page:
            nodes = client.ask("known", ids=[resource.gid(each) for each in page]).data["nodes"]
            gone = [known for known, node in zip(page, nodes, strict=True) if node is None]
            if gone:
                _remove(client, store, resource, gone, asked=len(page), at=at, today=today,
                        counts=counts)  # fmt: skip
            counts[asked_key] = counts.get(asked_key, 0) + len(page)
            progress.report(counts[asked_key], None, f"{resource.label} looked up")
        mirror.checked_after = page[-1] if len(page) == IDS else ""
        mirror.checked_at = at
        mirror.save(update_fields=["checked_after", "checked_at"])
        if not mirror.checked_after:
            return


def _remove(
    client: ShopifyClient,
    store: ShopifyStore,
    resource: Resource,
    gone: list[str],
    *,
    asked: int,
    at: datetime,
    today: date,
    counts: Counts,
) -> None:
    check_removal(resource, gone=len(gone), of=asked)
    done = removing.settle_gone(client, store, resource, gone, at=at, today=today)
    for name, more in done.items():
        key = f"{resource.key}_{name}"
        counts[key] = counts.get(key, 0) + more


def check_removal(resource: Resource, *, gone: int, of: int) -> None:
    """Refuse to remove suspiciously much at once."""
    if gone > MOST_FREE and gone > of * MOST_SHARE:
        raise Refused(
            f"Shopify no longer knows {gone:,} of {of:,} {resource.label} that were looked up. "
            "That is too much to believe: nothing was removed. If it is right, disconnect the "
            "store and connect it again, or ask for a whole comparison."
        )


def compare_counts(client: ShopifyClient, store: ShopifyStore, *, at: datetime) -> None:
    """Write how many of each the shop has and how many stand here."""
    told = client.ask("counts").data
    for resource_key, name in (("customers", "customersCount"), ("orders", "ordersCount")):
        rows = ShopifyMirror.objects.filter(store=store, resource=resource_key)
        if not told.get(name):
            continue
        model: Any = CustomerIdentity if resource_key == CUSTOMERS.key else Order
        here = model.objects.filter(source=store.source).count()
        rows.update(shop_count=int(told[name]["count"]), mirror_count=here, counted_at=at)


def compare_all(
    load: ShopifyLoad, client: ShopifyClient, resource: Resource, *, at: datetime, today: date,
    counts: Counts,
) -> None:  # fmt: skip
    """Compare all ids of a file with the mirror: remove what is gone, read what never came."""
    with connection.cursor() as cursor:
        _stage(cursor, load)
        gone, missing, here = _difference(cursor, load.store, resource)
    counts[f"{resource.key}_read"] = load.object_count
    if not load.object_count and here:
        raise Refused(f"Shopify's list of {resource.label} came empty. Nothing was removed.")
    check_removal(resource, gone=len(gone), of=here)
    for start in range(0, len(gone), IDS):
        page = gone[start : start + IDS]
        # The file is older than now: only what is gone now, too, is taken out.
        nodes = client.ask("known", ids=[resource.gid(each) for each in page]).data["nodes"]
        really = [known for known, node in zip(page, nodes, strict=True) if node is None]
        if really:
            done = removing.settle_gone(client, load.store, resource, really, at=at, today=today)
            for name, more in done.items():
                key = f"{resource.key}_{name}"
                counts[key] = counts.get(key, 0) + more
    _fetch(client, load.store, resource, missing[:FETCHED], at=at, today=today, counts=counts)
    counts[f"{resource.key}_missing"] = len(missing)
    ShopifyMirror.objects.filter(store=load.store, resource=resource.key).update(full_at=at)


def _stage(cursor: Any, load: ShopifyLoad) -> None:
    cursor.execute("DROP TABLE IF EXISTS pg_temp.shop_ids")
    cursor.execute("CREATE TEMP TABLE shop_ids (external_id varchar(191))")
    if not load.url:
        return
    lines = 0
    with fetch(load.url) as pieces:
        for chunk in read_chunks(pieces):
            lines += chunk.lines
            with cursor.copy("COPY pg_temp.shop_ids FROM STDIN") as copy:
                for node in chunk.roots:
                    copy.write_row([number(node.get("id"))])
    if lines < load.object_count:
        raise Refused("The list of ids held less than Shopify said. Nothing was removed.")
    cursor.execute("ANALYZE pg_temp.shop_ids")


def _difference(
    cursor: Any, store: ShopifyStore, resource: Resource
) -> tuple[list[str], list[str], int]:
    """Return ids only here, ids only there, and how many are here."""
    here = sql.SQL("SELECT external_id FROM {} WHERE source = {}").format(
        sql.Identifier(resource.table), sql.Literal(store.source)
    )
    there = sql.SQL("SELECT external_id FROM pg_temp.shop_ids")
    both = sql.SQL("{} EXCEPT {} ORDER BY 1")
    cursor.execute(both.format(here, there))
    gone = [known for (known,) in cursor.fetchall()]
    cursor.execute(both.format(there, here))
    missing = [known for (known,) in cursor.fetchall()]
    cursor.execute(sql.SQL("SELECT count(*) FROM ({}) here").format(here))
    count = cursor.fetchone()[0]
    cursor.execute("DROP TABLE pg_temp.shop_ids")
    return gone, missing, count


def _fetch(
    client: ShopifyClient,
    store: ShopifyStore,
    resource: Resource,
    ids: list[str],
    *,
    at: datetime,
    today: date,
    counts: Counts,
) -> None:
    size = min(resource.page_size, 50)
    for start in range(0, len(ids), size):
        asked = [resource.gid(each) for each in ids[start : start + size]]
        nodes = client.ask(resource.by_id, ids=asked, **dict(resource.variables)).data["nodes"]
        items, unusable = landing.read(
            (node for node in nodes if node),
            to_item=lambda node: resource.to_item(client, store, node),
        )
        with transaction.atomic():
            how = landing.how_for(store, today=today, lines_complete=True)
            landed = landing.land(items, how=how)
            landed.skipped |= unusable
            landing.keep_skipped(store, resource=resource.key, landed=landed, at=at)
        key = f"{resource.key}_written"
        counts[key] = counts.get(key, 0) + landed.taken
