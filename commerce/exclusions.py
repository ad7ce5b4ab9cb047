"""The one door through which a reason is written that no source tells: by hand, or a sample."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from psycopg import sql

from commerce import counting, rollups, stale
from commerce.models import Order
from tenants import audit
from tenants.schema import connection

BY_HAND, SAMPLE = "by_hand", "sample"


def set_reason(ids: Sequence[int], *, reason: str, by: audit.Actor, at: datetime) -> int:
    """Give these orders `reason` (by_hand, sample, or "" to take it away); return how many changed.

    What staff left out stays so: no sample takes its place. Customers' numbers and the store's days
    follow in the same transaction. Raise BeingRecounted while everything is counted again.
    """
    if reason not in (BY_HAND, SAMPLE, ""):
        raise ValueError(f"orders are not left out as “{reason}” here")
    on = at.astimezone(connection.tenant.zone).date()
    with transaction.atomic(), connection.cursor() as cursor:
        rollups.stand_soon(cursor, on=on)
        rows = Order.objects.filter(pk__in=ids).exclude(excluded_as=reason).order_by("pk")
        if reason == SAMPLE:
            rows = rows.exclude(excluded_as=BY_HAND)
        elif not reason:
            rows = rows.filter(excluded_as__in=(BY_HAND, SAMPLE))
        found = list(rows.select_for_update().values_list("pk", "customer_id"))
        if not found:
            return 0
        orders = _ids(pk for pk, _ in found)
        customers = _ids(customer for _, customer in found if customer)
        rollups.touch_days(cursor, orders)
        Order.objects.filter(pk__in=[pk for pk, _ in found]).update(excluded_as=reason)
        counting.settle(cursor, orders, on=on)
        rollups.refresh(cursor, customers, on=on)
        stale.mark(cursor, customers, facts="orders", cause="manual")
        audit.record(by, "order_reason", Order, orders=len(found), reason=reason or "none")
    return len(found)


def _ids(values: Iterable[int]) -> sql.Composed:
    return sql.SQL("SELECT unnest({}::bigint[])").format(sql.Literal(sorted(set(values))))
