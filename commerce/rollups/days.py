"""StoreDay from orders and refunds: the store's totals without a scan of ten million orders."""

from datetime import date

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce.models import OrderPolicy
from commerce.rollups.counted import counts, heeded_reasons


def touch_days(cursor: CursorWrapper, orders: sql.Composable) -> None:
    """Have the days of the orders that `orders` selects, and of their refunds, counted again.

    Call it before and after a change: an order may move from one day to another.
    """
    cursor.execute(
        sql.SQL(
            "INSERT INTO commerce_staleday (day)"
            " SELECT placed_on FROM commerce_order WHERE id IN ({orders})"
            " UNION SELECT refunded_on FROM commerce_refund WHERE order_id IN ({orders})"
        ).format(orders=orders)
    )


def touch_refund_days(cursor: CursorWrapper, refunds: sql.Composable) -> None:
    """Have the days of these refunds counted again. Call it before and after a change."""
    cursor.execute(
        sql.SQL(
            "INSERT INTO commerce_staleday (day)"
            " SELECT DISTINCT refunded_on FROM commerce_refund WHERE id IN ({})"
        ).format(refunds)
    )


STORE_DAYS = "store_days"  # the job that counts touched days again

# Readers go on reading; whoever else counts days waits.
_LOCK = "LOCK TABLE commerce_storeday IN SHARE ROW EXCLUSIVE MODE"

_TAKE = """
    CREATE TEMPORARY TABLE recounted_days ON COMMIT DROP AS
    WITH taken AS (DELETE FROM commerce_staleday RETURNING day) SELECT DISTINCT day FROM taken
"""

_COUNT = """
    INSERT INTO commerce_storeday
        (day, orders_count, spent, refunded, guest_orders, guest_spent, guest_refunded)
    SELECT day, sum(orders), sum(spent), sum(refunded),
           coalesce(sum(orders) FILTER (WHERE guest), 0),
           coalesce(sum(spent) FILTER (WHERE guest), 0),
           coalesce(sum(refunded) FILTER (WHERE guest), 0)
    FROM (
        SELECT o.placed_on AS day, o.customer_id IS NULL AS guest,
               count(*) AS orders, sum(o.spend) AS spent, 0 AS refunded
        FROM commerce_order o
        WHERE {counts} AND ({order_days})
        GROUP BY 1, 2
        UNION ALL
        SELECT r.refunded_on, r.customer_id IS NULL, 0, 0, sum(r.spend)
        FROM commerce_refund r LEFT JOIN commerce_order o ON o.id = r.order_id
        WHERE (r.order_id IS NULL OR {counts}) AND ({refund_days})
        GROUP BY 1, 2
    ) AS parts
    GROUP BY day
"""
_TAKEN = sql.SQL("{} IN (SELECT day FROM recounted_days)")
_ALWAYS = sql.SQL("true")


def recount_days(cursor: CursorWrapper, *, standing: date) -> int:
    """Count again, as of the day metrics stand at, the days that were touched; return how many."""
    cursor.execute(_LOCK)
    cursor.execute("DROP TABLE IF EXISTS recounted_days")
    cursor.execute(_TAKE)
    taken = cursor.rowcount
    cursor.execute("ANALYZE recounted_days")  # one day or a thousand decides between index and scan
    cursor.execute("DELETE FROM commerce_storeday WHERE day IN (SELECT day FROM recounted_days)")
    if taken:
        placed, refunded = sql.Identifier("o", "placed_on"), sql.Identifier("r", "refunded_on")
        _count(cursor, standing, _TAKEN.format(placed), _TAKEN.format(refunded))
    return taken


def recount_all_days(cursor: CursorWrapper, *, standing: date) -> None:
    """Count every day again as of `standing`."""
    cursor.execute(_LOCK)
    cursor.execute("DELETE FROM commerce_staleday")
    cursor.execute("DELETE FROM commerce_storeday")
    _count(cursor, standing, _ALWAYS, _ALWAYS)


def _count(
    cursor: CursorWrapper, standing: date, order_days: sql.Composable, refund_days: sql.Composable
) -> None:
    reasons = heeded_reasons(OrderPolicy.current())
    cursor.execute(
        sql.SQL(_COUNT).format(
            counts=counts("o", on=standing, reasons=reasons),
            order_days=order_days,
            refund_days=refund_days,
        )
    )
