"""Order lines, and the totals of orders whose lines came in more than one batch."""

from collections.abc import Collection
from typing import Any

from psycopg import sql

from commerce.ingest.columns import LINE_TOLD
from commerce.terms import Terms

_DEFAULTS = {
    "quantity": "1",
    "price": "0",
    "discount": "0",
    "line_total": "0",
    "unit_cost": "NULL",
}  # every other column: ''

# As an array, so that the lines are always looked up by index: in a store without statistics yet
# the planner has read half a million of them once per order.
_KNOWN = "ARRAY(SELECT order_id FROM pg_temp.batch_order WHERE NOT is_new AND is_newer)"

# A line known by its content is the content's how-manieth in its order. Of an order that an earlier
# batch of the same file began, the count goes on from there.
_SEEN = """
    SELECT b.ref, split_part(l.line_key, '-', 1) AS content, count(*) AS seen
    FROM pg_temp.batch_order b JOIN commerce_orderline l ON l.order_id = b.order_id
    WHERE NOT b.is_new AND b.import_id = %(import_id)s AND l.import_id = %(import_id)s
      AND l.order_id = ANY({known})
    GROUP BY 1, 2
"""
_BY_CONTENT = """
    (SELECT s.row_no, s.order_ref, {names}, s.line_key || '-' || coalesce(k.seen, 0)
         + row_number() OVER (PARTITION BY s.order_ref, s.line_key ORDER BY s.row_no) AS line_key
     FROM pg_temp.stage_line s
     LEFT JOIN ({seen}) k ON k.ref = s.order_ref AND k.content = s.line_key)
"""

_INSERT = """
    INSERT INTO commerce_orderline AS l (order_id, customer_id, placed_on, may_count, counts_until,
                                         line_key, {names}, import_id)
    SELECT b.order_id, b.customer_id, b.placed_on, {may_count}, {cancelled_on},
           s.line_key, {values}, %(import_id)s
    FROM {lines} s
    JOIN pg_temp.batch_order b ON b.ref = s.order_ref
    JOIN (SELECT ref, coalesce(is_test, false) AS is_test, cancelled_at,
                 coalesce(financial_status, '') AS financial_status,
                 coalesce(currency, %(currency)s) AS currency, '' AS excluded_as
          FROM pg_temp.stage_order) o ON o.ref = b.ref
"""
_CHANGE = """
    ON CONFLICT (order_id, line_key) DO UPDATE
    SET import_id = coalesce(excluded.import_id, l.import_id), {changes}
"""

# For sources that send an order with all its lines: the others are gone.
_GONE = """
    DELETE FROM commerce_orderline l USING pg_temp.batch_order b
    WHERE l.order_id = b.order_id AND NOT b.is_new AND b.is_newer
      AND EXISTS (SELECT FROM pg_temp.stage_line s WHERE s.order_ref = b.ref)
      AND NOT EXISTS (SELECT FROM pg_temp.stage_line s
                      WHERE s.order_ref = b.ref AND s.line_key = l.line_key)
"""

_TOTALS = """
    UPDATE commerce_order o
    SET items_total = t.items, items_count = t.pieces, discount_total = {discount},
        total = {total}
    FROM (
        SELECT l.order_id, sum(l.line_total + l.discount) AS items, sum(l.quantity) AS pieces,
               sum(l.discount) AS discount
        FROM commerce_orderline l WHERE l.order_id = ANY({known}) GROUP BY l.order_id
    ) t
    WHERE o.id = t.order_id AND o.id = ANY({known})
"""


def write(cursor: Any, *, values: dict[str, Any], terms: Terms, by_content: bool) -> int:
    """Insert the lines of new orders, take over those of known ones; return how many are new."""
    lines = sql.SQL("pg_temp.stage_line")
    if by_content:
        lines = sql.SQL(_BY_CONTENT).format(
            seen=sql.SQL(_SEEN).format(known=sql.SQL(_KNOWN)),
            names=sql.SQL(", ").join(sql.Identifier("s", name) for name in LINE_TOLD),
        )  # type: ignore[assignment]
    insert = _insert(terms, lines)
    cursor.execute(sql.SQL("{} WHERE b.is_new").format(insert), values)
    new: int = cursor.rowcount
    cursor.execute("SELECT EXISTS (SELECT FROM pg_temp.batch_order WHERE NOT is_new AND is_newer)")
    if not cursor.fetchone()[0]:
        return new
    cursor.execute(
        sql.SQL("WITH written AS ({} WHERE NOT b.is_new AND b.is_newer {} RETURNING xmax = 0 AS n)"
                " SELECT count(*) FILTER (WHERE n) FROM written").format(insert, _change()),
        values,
    )  # fmt: skip
    added: int = cursor.fetchone()[0]
    return new + added


def remove_gone(cursor: Any) -> None:
    """Delete lines that the newer record of their order no longer has."""
    cursor.execute(_GONE)


def add_up(cursor: Any, *, told: Collection[str]) -> None:
    """Write the totals of known orders from all their lines; `told` ones stay as they were told."""
    discount = "o.discount_total" if "discount_total" in told else "t.discount"
    total = f"t.items - {discount} + o.tax_total + o.shipping_total"
    cursor.execute(
        sql.SQL(_TOTALS).format(
            discount=sql.SQL(discount),
            total=sql.SQL("o.total" if "total" in told else total),
            known=sql.SQL(_KNOWN),
        )
    )


def _insert(terms: Terms, lines: sql.Composable) -> sql.Composed:
    values = [
        sql.SQL("coalesce(s.{}, {})").format(
            sql.Identifier(name),
            sql.SQL(_DEFAULTS.get(name, "''")),  # type: ignore[arg-type]
        )
        for name in LINE_TOLD
    ]
    return sql.SQL(_INSERT).format(
        names=sql.SQL(", ").join(map(sql.Identifier, LINE_TOLD)),
        values=sql.SQL(", ").join(values),
        lines=lines,
        may_count=terms.may_count("o"),
        cancelled_on=terms.cancelled_on("o"),
    )


def _change() -> sql.Composed:
    return sql.SQL(_CHANGE).format(
        changes=sql.SQL(", ").join(
            sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in LINE_TOLD
        )
    )
