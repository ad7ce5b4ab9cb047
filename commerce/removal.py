"""Orders that their source does not have any more: taken out, with every number that held them."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from psycopg import sql

from commerce import rollups, stale
from commerce.ingest.follow import hold
from commerce.models import Order
from tenants.schema import connection


def remove_orders(source: str, external_ids: Collection[str], *, at: datetime) -> int:
    """Delete these orders with their lines and refunds; return how many there were."""
    on = at.astimezone(connection.tenant.zone).date()
    with transaction.atomic(), connection.cursor() as cursor:
        hold(cursor)
        on = rollups.stand_at(cursor, on=on)
        rows = Order.objects.filter(source=source, external_id__in=list(external_ids))
        ids, customers = [], set()
        for pk, customer in rows.select_for_update().values_list("pk", "customer_id"):
            ids.append(pk)
            customers.add(customer)
        if not ids:
            return 0
        orders = sql.SQL("SELECT unnest({}::bigint[])").format(sql.Literal(ids))
        refunds = sql.SQL("SELECT id FROM commerce_refund WHERE order_id IN ({})").format(orders)
        rollups.touch_refund_days(cursor, refunds)
        rollups.touch_days(cursor, orders)
        Order.objects.filter(pk__in=ids).delete()
        who = sql.SQL("SELECT unnest({}::bigint[])").format(sql.Literal(sorted(customers - {None})))
        rollups.refresh(cursor, who, on=on)
        stale.mark(cursor, who, facts="orders", cause="data")
    return len(ids)
