"""CustomerMetrics from orders, refunds and the profile: one statement, whatever the set."""

from datetime import date, timedelta

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce.models import OrderPolicy
from commerce.rollups.counted import counts, heeded_reasons, the_day
from tenants.schema import connection

WINDOWS = (365, 90, 30)

EVERYBODY = sql.SQL("SELECT id FROM commerce_customer")

# Column → expression over the customer c, their counted orders o and what was given back r.
_COLUMNS = {
    "in_base": "c.merged_into_id IS NULL AND c.erased_at IS NULL AND c.left_out_as = ''",
    "orders_count": "coalesce(o.orders, 0)",
    "spent": "coalesce(o.spent, 0) - coalesce(r.spent, 0)",
    "refunded": "coalesce(r.amount, 0)",
    "first_order_on": "o.first_on",
    "last_order_on": "o.last_on",
    **{f"orders_{n}": f"coalesce(o.orders_{n}, 0)" for n in WINDOWS},
    **{f"spent_{n}": f"coalesce(o.spent_{n}, 0) - coalesce(r.spent_{n}, 0)" for n in WINDOWS},
    "since_on": "(c.customer_since AT TIME ZONE {zone})::date",
    "country": "upper(c.country)",  # compared in capitals: folding a million rows is half a scan
    **{
        name: f"c.{name}"
        for name in (
            "birthday",
            "region_key",
            "city_key",
            "language",
            "tier_key",
            "is_vip",
            "email_consent",
            "sms_consent",
            "tag_keys",
        )
    },
}

_SELECT = """
    WITH touched AS ({customers}),
    ordered AS (
        SELECT o.customer_id, count(*) AS orders, sum(o.spend) AS spent,
               min(o.placed_on) AS first_on, max(o.placed_on) AS last_on, {order_windows}
        FROM commerce_order o
        WHERE o.customer_id IN (SELECT * FROM touched) AND {counts}
        GROUP BY o.customer_id
    ),
    returned AS (
        SELECT r.customer_id, sum(r.amount) FILTER (WHERE {heeded}) AS amount,
               sum(r.spend) FILTER (WHERE {lowers}) AS spent, {refund_windows}
        FROM commerce_refund r LEFT JOIN commerce_order o ON o.id = r.order_id
        WHERE r.customer_id IN (SELECT * FROM touched) AND r.refunded_on <= {on}
        GROUP BY r.customer_id
    )
    SELECT c.id AS customer_id, {values}
    FROM commerce_customer c
    LEFT JOIN ordered o ON o.customer_id = c.id
    LEFT JOIN returned r ON r.customer_id = c.id
    WHERE c.id IN (SELECT * FROM touched)
"""
_REBUILD = """
    INSERT INTO commerce_customermetrics AS m (customer_id, {names})
    {select}
    ON CONFLICT (customer_id) DO UPDATE SET ({names}) = ROW({new_names})
    WHERE ({old_names}) IS DISTINCT FROM ({new_names})
"""


def rebuild(
    cursor: CursorWrapper, customers: sql.Composable, *, on: date, policy: OrderPolicy
) -> int:
    """Write the metrics, as they stand at `on`, of the ids that `customers` selects.

    Returns how many rows changed. `spent` is what counted orders brought, less the refunds up to
    `on` of those orders and of negative invoices. `refunded` is everything given back up to `on`,
    also of an order that counts no longer because of it; not of one left out for a heeded reason.
    """
    cursor.execute(
        sql.SQL(_REBUILD).format(
            select=select_metrics(customers, on=on, policy=policy),
            names=sql.SQL(", ").join(map(sql.Identifier, _COLUMNS)),
            new_names=sql.SQL(", ").join(sql.Identifier("excluded", name) for name in _COLUMNS),
            old_names=sql.SQL(", ").join(sql.Identifier("m", name) for name in _COLUMNS),
        )
    )
    return cursor.rowcount


def select_metrics(
    customers: sql.Composable, *, on: date | sql.Composable, policy: OrderPolicy
) -> sql.Composed:
    """Return the query of the metrics at `on`, a day or a column of an outer query."""
    reasons = heeded_reasons(policy)
    counted = counts("o", on=on, reasons=reasons)
    lowers = sql.SQL("(r.order_id IS NULL OR {})").format(counted)
    heeded = sql.SQL("(o.excluded_as IS NULL OR o.excluded_as <> ALL({}::varchar[]))")
    return sql.SQL(_SELECT).format(
        customers=customers,
        counts=counted,
        lowers=lowers,
        heeded=heeded.format(sql.Literal(reasons)),
        on=the_day(on),
        order_windows=sql.SQL(", ").join(_order_window(n, on=on) for n in WINDOWS),
        refund_windows=sql.SQL(", ").join(_refund_window(n, on=on, lowers=lowers) for n in WINDOWS),
        values=sql.SQL(", ").join(_values()),
    )


def _values() -> list[sql.Composable]:
    zone = sql.Literal(connection.tenant.timezone)
    return [
        sql.SQL("{} AS {}").format(sql.SQL(value).format(zone=zone), sql.Identifier(name))
        for name, value in _COLUMNS.items()
    ]


def _since(on: date | sql.Composable, *, days: int) -> sql.Composable:
    if isinstance(on, date):
        return sql.Literal(on - timedelta(days=days))
    return sql.SQL("({} - {})").format(on, sql.Literal(days))


def _order_window(days: int, *, on: date | sql.Composable) -> sql.Composed:
    return sql.SQL(
        "count(*) FILTER (WHERE o.placed_on >= {since}) AS {orders},"
        " sum(o.spend) FILTER (WHERE o.placed_on >= {since}) AS {spent}"
    ).format(
        since=_since(on, days=days),
        orders=sql.Identifier(f"orders_{days}"),
        spent=sql.Identifier(f"spent_{days}"),
    )


def _refund_window(days: int, *, on: date | sql.Composable, lowers: sql.Composed) -> sql.Composed:
    return sql.SQL(
        "sum(r.spend) FILTER (WHERE r.refunded_on >= {since} AND {lowers}) AS {spent}"
    ).format(
        since=_since(on, days=days),
        lowers=lowers,
        spent=sql.Identifier(f"spent_{days}"),
    )
