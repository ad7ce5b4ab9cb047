"""Settling orders: why each is left out, what it spent, until when it counts.

Ingest does it for the orders it touched, a change of policy for all of them.
"""

from datetime import date

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce.rollups import stand_at, touch_days, touch_refund_days
from commerce.settled import settled_negative_invoices, settled_orders, settled_refunds
from commerce.terms import Terms, current_terms

_WRITE_ORDERS = """
    UPDATE commerce_order o
    SET excluded_as = s.excluded_as, spend = s.spend, refunded_total = s.refunded_total,
        counts_until = s.counts_until
    FROM ({settled}) AS s
    WHERE s.id = o.id AND (o.excluded_as, o.spend, o.refunded_total, o.counts_until)
        IS DISTINCT FROM (s.excluded_as, s.spend, s.refunded_total, s.counts_until)
"""

_WRITE_REFUNDS = """
    UPDATE commerce_refund r SET customer_id = s.customer_id, spend = s.spend
    FROM ({settled}) AS s
    WHERE s.id = r.id AND (r.customer_id, r.spend) IS DISTINCT FROM (s.customer_id, s.spend)
"""

_WRITE_LINES = """
    UPDATE commerce_orderline l
    SET customer_id = o.customer_id, placed_on = o.placed_on, may_count = {may_count},
        counts_until = o.counts_until
    FROM commerce_order o
    WHERE o.id = l.order_id AND o.id IN ({orders})
        AND (l.customer_id, l.placed_on, l.may_count, l.counts_until)
        IS DISTINCT FROM (o.customer_id, o.placed_on, {may_count}, o.counts_until)
"""


def settle(cursor: CursorWrapper, orders: sql.Composable, *, on: date) -> None:
    """Bring these orders, their refunds and lines in step with the policy; `on`: today."""
    stand_at(cursor, on=on)  # before the policy is read: who changes it holds this lock alone
    write(cursor, orders, terms=current_terms())
    touch_days(cursor, orders)


def write(cursor: CursorWrapper, orders: sql.Composable, *, terms: Terms) -> None:
    """Write what `terms` make of these orders, only where it differs."""
    settled = settled_orders(orders, terms=terms)
    cursor.execute(sql.SQL(_WRITE_ORDERS).format(settled=settled))
    settled = settled_refunds(orders, terms=terms)
    cursor.execute(sql.SQL(_WRITE_REFUNDS).format(settled=settled))
    lines = sql.SQL(_WRITE_LINES).format(may_count=terms.may_count("o"), orders=orders)
    cursor.execute(lines)


def settle_negative_invoices(cursor: CursorWrapper, refunds: sql.Composable, *, on: date) -> None:
    """Bring the spend of these refunds without an order up to date; `on`: today."""
    stand_at(cursor, on=on)
    write_negative_invoices(cursor, refunds, terms=current_terms())
    touch_refund_days(cursor, refunds)


def write_negative_invoices(
    cursor: CursorWrapper, refunds: sql.Composable, *, terms: Terms
) -> None:
    """Write what `terms` make of these refunds without an order, only where it differs."""
    settled = settled_negative_invoices(refunds, terms=terms)
    cursor.execute(sql.SQL(_WRITE_REFUNDS).format(settled=settled))
