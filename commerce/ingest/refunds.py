"""Refunds: of an order, or negative invoices that belong to none."""

from typing import Any

from commerce.ingest.occurrence import number

_WRITE = """
    WITH written AS (
        INSERT INTO commerce_refund AS r (order_id, customer_id, source, external_id, amount,
            items_amount, tax_amount, currency, spend, refunded_at, refunded_on, import_id)
        SELECT o.id, coalesce(o.customer_id, p.customer_id), %(source)s, s.ref, s.amount,
               s.items_amount, s.tax_amount, coalesce(s.currency, ''), 0,
               coalesce(s.refunded_at, o.placed_at),
               (coalesce(s.refunded_at, o.placed_at) AT TIME ZONE %(zone)s)::date, %(import_id)s
        FROM pg_temp.stage_refund s
        LEFT JOIN commerce_order o ON o.source = %(source)s AND o.external_id = s.order_ref
        LEFT JOIN pg_temp.stage_person p ON p.ref = s.person
        WHERE s.order_ref IS NULL OR o.id IS NOT NULL
        ON CONFLICT (source, external_id) DO UPDATE
        SET order_id = excluded.order_id, customer_id = excluded.customer_id,
            amount = excluded.amount, items_amount = excluded.items_amount,
            tax_amount = excluded.tax_amount, currency = excluded.currency,
            refunded_at = excluded.refunded_at, refunded_on = excluded.refunded_on,
            import_id = coalesce(excluded.import_id, r.import_id)
        RETURNING id, order_id, xmax = 0 AS is_new
    ), kept AS (
        INSERT INTO pg_temp.batch_refund SELECT id, order_id FROM written
    )
    SELECT count(*) FILTER (WHERE is_new) FROM written
"""


def write(cursor: Any, *, values: dict[str, Any]) -> int:
    """Write the staged refunds; return how many are new. Those of an unknown order are left."""
    number(cursor, "stage_refund", known="commerce_refund", values=values)
    cursor.execute(_WRITE, values)
    new: int = cursor.fetchone()[0]
    return new
