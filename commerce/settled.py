"""What the counting columns of orders and refunds should be under given terms, as queries.

Settling writes them, a preview compares them with what stands.
"""

from psycopg import sql

from commerce.models import OrderPolicy
from commerce.terms import Terms

# What a refund gave back of it, where the source says; nothing means: share the amount out.
_KNOWN_PART = {
    OrderPolicy.Spend.ITEMS: "r.items_amount",
    OrderPolicy.Spend.ITEMS_TAX: "r.items_amount + coalesce(r.tax_amount, 0)",
    OrderPolicy.Spend.ITEMS_TAX_SHIPPING: "NULL::numeric",
}


def _among(column: str, orders: sql.Composable | None) -> sql.Composed:
    """Return the condition on an order's id; for all orders one that costs no join."""
    if orders is None:
        return sql.SQL("{} IS NOT NULL").format(sql.Identifier(*column.split(".")))
    return sql.SQL("{} IN ({})").format(sql.Identifier(*column.split(".")), orders)


_SETTLED_ORDERS = """
    SELECT o.id, o.customer_id, o.placed_on, o.spend AS old_spend,
           o.excluded_as AS old_excluded_as, o.counts_until AS old_counts_until,
           {excluded_as} AS excluded_as, {spend} AS spend,
           coalesce(back.total, 0) AS refunded_total,
           least({cancelled_on}, {full_on}) AS counts_until
    FROM commerce_order o
    LEFT JOIN (
        SELECT order_id, sum(amount) AS total,
               min(refunded_on) FILTER (WHERE so_far > 0 AND so_far >= order_total) AS full_on
        FROM (
            SELECT r.order_id, r.amount, r.refunded_on, t.total AS order_total,
                   sum(r.amount) OVER (PARTITION BY r.order_id ORDER BY r.refunded_on) AS so_far
            FROM commerce_refund r JOIN commerce_order t ON t.id = r.order_id
            WHERE {of_refunds}
        ) AS running
        GROUP BY order_id
    ) AS back ON back.order_id = o.id
    WHERE {of_orders}
"""


def settled_orders(orders: sql.Composable | None, *, terms: Terms) -> sql.Composed:
    """Return a query of what these orders' columns (None: all orders) should be, and are.

    An order counts until the earlier of its cancellation day and the day on which refunds above
    zero reached its total, each unless the policy says that such orders count.
    """
    full_on = "NULL::date" if terms.policy.fully_refunded_count else "back.full_on"
    return sql.SQL(_SETTLED_ORDERS).format(
        excluded_as=terms.excluded_as("o"),
        spend=terms.spend("o"),
        cancelled_on=terms.cancelled_on("o"),
        full_on=sql.SQL(full_on),
        of_orders=_among("o.id", orders),
        of_refunds=_among("r.order_id", orders),
    )


_SETTLED_REFUNDS = """
    SELECT id, customer_id,
           round(least(known + unknown * share / whole, cap), 4)
           - round(least(known - own_known + (unknown - own_unknown) * share / whole, cap), 4)
           AS spend
    FROM (
        SELECT r.id, o.customer_id, cap, least(cap, whole) AS share, whole,
               own_known, sum(own_known) OVER in_turn AS known,
               own_unknown, sum(own_unknown) OVER in_turn AS unknown
        FROM commerce_refund r
        JOIN commerce_order o ON o.id = r.order_id
        CROSS JOIN LATERAL (
            SELECT greatest({spend}, 0) AS cap,
                   CASE WHEN o.total > 0 THEN o.total ELSE 1 END AS whole,
                   CASE WHEN o.total > 0 THEN coalesce({known}, 0) ELSE 0 END AS own_known,
                   CASE WHEN o.total > 0 AND ({known}) IS NULL THEN r.amount ELSE 0 END
                       AS own_unknown
        ) AS parts
        WHERE {of_refunds}
        WINDOW in_turn AS (PARTITION BY r.order_id ORDER BY r.refunded_at, r.id)
    ) AS running
"""


def settled_refunds(orders: sql.Composable | None, *, terms: Terms) -> sql.Composed:
    """Return a query of the part of each refund of these orders that lowers spend.

    Where the source tells what was given back for items (and tax): that. Otherwise amount × spend ÷
    total of the order, at most the amount. Added up in the order of the refunds and rounded there,
    so that a full refund gives back exactly the order's spend, and refunds together never more.
    """
    known = _KNOWN_PART[OrderPolicy.Spend(terms.policy.spend)]
    return sql.SQL(_SETTLED_REFUNDS).format(
        spend=terms.spend("o"),
        known=sql.SQL(known),
        of_refunds=_among("r.order_id", orders),
    )


def settled_negative_invoices(refunds: sql.Composable, *, terms: Terms) -> sql.Composed:
    """Return a query of what refunds without an order take from spend: their items, else all."""
    known = _KNOWN_PART[OrderPolicy.Spend(terms.policy.spend)]
    return sql.SQL(
        "SELECT r.id, r.customer_id, CASE WHEN r.currency NOT IN ('', {currency}) THEN 0"
        " ELSE coalesce({known}, r.amount) END AS spend"
        " FROM commerce_refund r WHERE r.order_id IS NULL AND r.id IN ({refunds})"
    ).format(currency=sql.Literal(terms.currency), known=sql.SQL(known), refunds=refunds)
