"""What a row of orders is: its order, its amount, a negative invoice, or nothing at all."""

from typing import Any

from psycopg import sql

from integrations.csv.loading import Rejection
from integrations.csv.mapping import LINES, ROWS, Mapping

_UNDATED = """
    DELETE FROM pg_temp.csv_row r
    WHERE {ref} IN (SELECT {ref} FROM pg_temp.csv_row r GROUP BY 1 HAVING min(placed_at) IS NULL)
      AND NOT EXISTS (SELECT FROM commerce_order o
                      WHERE o.source = %(source)s AND o.external_id = {ref})
    RETURNING row_no
"""
_TOO_LARGE = "DELETE FROM pg_temp.csv_row r WHERE abs({amount}) >= 1e10 RETURNING row_no"

_AMOUNT = "coalesce(r.line_total, coalesce(r.quantity, 1) * r.price - coalesce(r.line_discount, 0))"
_REF = "r.number"
_STORE_REF = "coalesce(r.store || ':', '') || r.number"


def expressions_of(mapping: Mapping) -> dict[str, sql.Composable]:
    ref = _STORE_REF if "store" in mapping.targets else _REF
    amount = _AMOUNT if mapping.shape == LINES else "r.total"
    return {
        "ref": sql.SQL(ref),
        "amount": sql.SQL(amount),
        "is_refund": _is_refund(mapping, amount),
    }


def _is_refund(mapping: Mapping, amount: str) -> sql.Composed:
    """Return the condition "this row is a negative invoice".

    A number that begins with the prefix and a digit and brings nothing; where a row is a whole
    order, any row below zero. Other lines below zero are deductions within their order.
    """
    below = sql.SQL("false" if mapping.shape == LINES else f"{amount} < 0")
    if not mapping.refund_prefix or mapping.shape == ROWS:
        return sql.SQL("({})").format(below)
    return sql.SQL(
        "({below} OR (" + amount + " <= 0 AND upper(left(r.number, {length})) = {prefix}"
        " AND substr(r.number, {length} + 1, 1) BETWEEN '0' AND '9'))"
    ).format(
        below=below,
        length=sql.Literal(len(mapping.refund_prefix)),
        prefix=sql.Literal(mapping.refund_prefix.upper()),
    )


def reject(cursor: Any, *, mapping: Mapping, values: dict[str, Any]) -> list[Rejection]:
    """Take out rows that only now show to be none; return them with the reason."""
    found = []
    expressions = expressions_of(mapping)
    cursor.execute(
        sql.SQL("SELECT bool_or(placed_at IS NULL), bool_or(abs({amount}) >= 1e10)"
                " FROM pg_temp.csv_row r").format(**expressions)
    )  # fmt: skip
    has_undated, has_large = cursor.fetchone()
    if has_undated:
        cursor.execute(sql.SQL(_UNDATED).format(**expressions), values)
        found += [Rejection(line, "has no date, nor has any row of its order") for (line,) in
                  cursor.fetchall()]  # fmt: skip
    if has_large:
        cursor.execute(sql.SQL(_TOO_LARGE).format(**expressions))
        found += [Rejection(line, "quantity × price is too large") for (line,) in cursor.fetchall()]
    return found
