"""Lines that came apart from their orders: kept aside until the orders have landed."""

import json
from datetime import date, datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from commerce.ingest import OrderRecord
from commerce.models import Order
from integrations.models import ShopifyLateLine, ShopifyLoad
from integrations.shopify import landing
from integrations.shopify.bulk_file import Json
from integrations.shopify.mappers import Item, Unusable, line_record, number
from tenants.schema import connection

PAGE = 5_000  # orders


def keep(load: ShopifyLoad, late: list[tuple[str, Json]]) -> None:
    """Put lines aside, in the caller's transaction."""
    if not late:
        return
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY integrations_shopifylateline (load_id, parent, body) FROM STDIN") as copy,
    ):
        for parent, node in late:
            copy.write_row([load.pk, int(number(parent)), Jsonb(node, dumps=_dumps)])


def _dumps(value: Json) -> str:
    """Return JSON that PostgreSQL can hold: no NUL, no half of a surrogate pair."""
    return json.dumps(value).replace("\\u0000", "").encode("utf-8", "replace").decode("utf-8")


def land_page(load: ShopifyLoad, *, today: date, at: datetime) -> landing.Landed | None:
    """Give the next orders their late lines and forget these; None when there are none left."""
    with transaction.atomic():
        rows = ShopifyLateLine.objects.filter(load=load, parent__gt=load.late_after)
        parents = list(rows.order_by("parent").values_list("parent", flat=True).distinct()[:PAGE])
        if not parents:
            return None
        items, skipped = _items(load, parents)
        how = landing.how_for(
            load.store, today=today, cause="import", import_id=-load.pk, numbers_later=True
        )
        landed = landing.land(items, how=how)
        landed.skipped |= skipped
        landing.keep_skipped(load.store, resource=load.resource, landed=landed, at=at)
        load.late_after = parents[-1]
        load.save(update_fields=["late_after"])
        rows.filter(parent__lte=parents[-1]).delete()
    return landed


def _items(load: ShopifyLoad, parents: list[int]) -> tuple[list[Item], dict[str, str]]:
    known = {
        order.external_id: order
        for order in Order.objects.filter(
            source=load.store.source, external_id__in=list(map(str, parents))
        ).only("external_id", "placed_at", "source_at")
    }
    lines: dict[str, list[Json]] = {}
    rows = ShopifyLateLine.objects.filter(load=load, parent__in=parents)
    for parent, body in rows.values_list("parent", "body"):
        lines.setdefault(str(parent), []).append(body)
    items, skipped = [], {}
    for external_id, bodies in lines.items():
        order = known.get(external_id)
        if order is None or order.source_at is None:
            skipped[external_id] = "has lines, but is not in the file"
            continue
        try:
            record = OrderRecord(
                external_id=external_id,
                placed_at=order.placed_at,
                source_at=order.source_at,
                lines=[line_record(body) for body in bodies],
            )
        except Unusable as error:
            skipped[external_id] = str(error)
            continue
        items.append(Item(external_id, (record,), order.source_at))
    return items, skipped
