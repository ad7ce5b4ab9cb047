"""Rows of a file of orders as staged orders, lines and refunds, by the shape of the file."""

from typing import Any

from psycopg import sql

from integrations.csv.mapping import LINES, ROWS, Mapping
from integrations.csv.meanings import expressions_of

# Columns that are the order's, however many rows it has: the greatest of what its rows tell.
_HEADER = ["store", "currency", "discount_codes", "channel", "source_name", "app", "tags",
           "financial_status", "fulfillment_status", "is_test", "cancelled_at", "fulfilled_at",
           "tax_total", "shipping_total"]  # fmt: skip

_LINE_ORDERS = """
    INSERT INTO pg_temp.stage_order (row_no, ref, person, email_key, number, placed_at, source_at,
        {header}, items_total, discount_total, total, items_count)
    SELECT min(row_no), ref, coalesce(max(customer_id), max(email_key)), max(email_key),
           max(number), min(placed_at), coalesce(max(updated_at), %(started_at)s),
           {greatest}, sum(amount + coalesce(line_discount, 0)), {discount},
           max(total),
           least(greatest(sum(coalesce(quantity, 1)), -999999999), 999999999)
    FROM (SELECT r.*, {ref} AS ref, {amount} AS amount FROM pg_temp.csv_row r
          WHERE NOT {is_refund}) r
    GROUP BY ref
"""
_LINES = """
    INSERT INTO pg_temp.stage_line (row_no, order_ref, line_key, product, product_key, sku,
        category, category_key, vendor, quantity, price, discount, line_total, unit_cost)
    SELECT r.row_no, {ref}, r.content, r.product, r.product_key, r.sku, r.category,
        r.category_key, r.vendor, coalesce(r.quantity, 1),
        coalesce(r.price, round({amount} / nullif(coalesce(r.quantity, 1), 0), 4), 0),
        r.line_discount, {amount}, r.unit_cost
    FROM pg_temp.csv_row r WHERE NOT {is_refund}
"""
_NEGATIVE_LINES = """
    INSERT INTO pg_temp.stage_refund
        (row_no, ref, is_content, person, amount, currency, refunded_at)
    SELECT row_no, {ref} || ':' || content, true, coalesce(customer_id, email_key), -{amount},
           currency, placed_at
    FROM pg_temp.csv_row r WHERE {is_refund}
"""

# A row is a whole order. Told with its parts or only as a total, the parts always add up to it.
_WHOLE_ORDERS = """
    INSERT INTO pg_temp.stage_order (row_no, ref, is_content, person, email_key, number, placed_at,
        source_at, {header}, discount_total, total, items_count, items_total)
    SELECT DISTINCT ON ({one}) row_no, {key}, {is_content}, coalesce(customer_id, email_key),
        email_key, number, placed_at, coalesce(updated_at, %(started_at)s), {header},
        discount_total, total, coalesce(quantity, 1),
        coalesce(subtotal, total - coalesce(tax_total, 0) - coalesce(shipping_total, 0))
            + coalesce(discount_total, 0)
    FROM pg_temp.csv_row r WHERE NOT {is_refund}
    ORDER BY {one}, row_no DESC
"""
_WHOLE_REFUNDS = """
    INSERT INTO pg_temp.stage_refund
        (row_no, ref, is_content, person, amount, currency, refunded_at)
    SELECT DISTINCT ON ({one}) row_no, {key}, {is_content}, coalesce(customer_id, email_key),
        -total, currency, placed_at
    FROM pg_temp.csv_row r WHERE {is_refund}
    ORDER BY {one}, row_no DESC
"""
# What the file says was given back of an order; without a day of its own, on the order's.
_ORDER_REFUNDS = """
    INSERT INTO pg_temp.stage_refund (row_no, ref, order_ref, amount, refunded_at)
    SELECT min(row_no), {ref} || ':refund', {ref}, max(refunded),
           coalesce(max(refunded_at), max(cancelled_at), min(placed_at))
    FROM pg_temp.csv_row r WHERE NOT {is_refund} AND refunded > 0 GROUP BY {ref}
"""


def stage(cursor: Any, *, mapping: Mapping, values: dict[str, Any]) -> None:
    """Fill the staging tables of orders, lines and refunds from the copied rows."""
    expressions = expressions_of(mapping)
    if mapping.shape == LINES:
        _stage_lines(cursor, mapping, expressions, values)
    else:
        _stage_whole(cursor, mapping, expressions, values)
    if "refunded" in mapping.targets and mapping.shape != ROWS:
        cursor.execute(sql.SQL(_ORDER_REFUNDS).format(**expressions))


def _stage_lines(cursor: Any, mapping: Mapping, parts: dict[str, Any], values: Any) -> None:
    discount = (
        "max(discount_total)" if "discount_total" in mapping.targets else "sum(line_discount)"
    )
    header = [name for name in _HEADER if _told(name, mapping)]
    cursor.execute(
        sql.SQL(_LINE_ORDERS).format(
            header=_listed(header),
            greatest=sql.SQL(", ").join(_greatest(name) for name in header),
            discount=sql.SQL(discount),
            **parts,
        ),
        values,
    )
    cursor.execute(sql.SQL(_LINES).format(**parts))
    if mapping.refund_prefix:
        cursor.execute(sql.SQL(_NEGATIVE_LINES).format(**parts))


def _stage_whole(cursor: Any, mapping: Mapping, parts: dict[str, Any], values: Any) -> None:
    by_content = mapping.shape == ROWS
    key = sql.SQL("r.content") if by_content else parts["ref"]
    shape = {
        "one": sql.SQL("row_no") if by_content else key,
        "key": key,
        "is_content": sql.Literal(by_content),
        "is_refund": parts["is_refund"],
    }
    cursor.execute(sql.SQL(_WHOLE_ORDERS).format(header=_listed(_HEADER), **shape), values)
    cursor.execute(sql.SQL(_WHOLE_REFUNDS).format(**shape))


def _told(name: str, mapping: Mapping) -> bool:
    """Whether the file has the column; `tax_total` stays, so that the list is never empty."""
    return name == "tax_total" or {"tags": "order_tags"}.get(name, name) in mapping.targets


def _greatest(name: str) -> sql.Composed:
    if name == "is_test":
        return sql.SQL("bool_or({})").format(sql.Identifier(name))
    return sql.SQL("max({})").format(sql.Identifier(name))


def _listed(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
