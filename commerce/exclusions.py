"""The one door through which a reason is written that no source tells: by hand, or a sample."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce import counting, order_followers, rollups, stale
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
        if not reason:  # it may be a sample again
            order_followers.follow(cursor, orders, on=on)
        rollups.refresh(cursor, customers, on=on)
        stale.mark(cursor, customers, facts="orders", cause="manual")
        audit.record(by, "order_reason", Order, orders=len(found), reason=reason or "none")
    return len(found)


_TURN = """
    UPDATE commerce_order o SET excluded_as = CASE WHEN t.is_sample THEN {sample} ELSE '' END
    FROM ({turned}) AS t (order_id, is_sample)
    WHERE o.id = t.order_id AND o.excluded_as <> {by_hand}
      AND (o.excluded_as = {sample}) <> t.is_sample
"""


def write_samples(cursor: CursorWrapper, *, turned: sql.Composable, on: date) -> int:
    """Make samples of orders, or of samples orders again; return how many changed.

    `turned` selects (order id, whether it is a sample). What staff left out stays so. Lines and the
    store's days follow here; the caller refreshes and marks the customers.
    """
    orders = sql.SQL("SELECT order_id FROM ({}) AS t (order_id, is_sample)").format(turned)
    rollups.stand_at(cursor, on=on)
    rollups.touch_days(cursor, orders)
    cursor.execute(
        sql.SQL(_TURN).format(
            turned=turned, sample=sql.Literal(SAMPLE), by_hand=sql.Literal(BY_HAND)
        )
    )
    changed = cursor.rowcount
    counting.settle(cursor, orders, on=on)
    return changed


def _ids(values: Iterable[int]) -> sql.Composed:
    return sql.SQL("SELECT unnest({}::bigint[])").format(sql.Literal(sorted(set(values))))
