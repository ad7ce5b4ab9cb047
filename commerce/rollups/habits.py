"""CustomerHabits from orders and their lines: one statement, whatever the set."""

from datetime import date

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce.models import OrderPolicy
from commerce.rollups.counted import counts, heeded_reasons, the_day

# The order among favourites; `C`, so that every database agrees about keys.
_BEST = 'orders DESC, spent DESC, last_on DESC, key COLLATE "C"'

# Column → expression over what the customer c ordered o, their categories g, products p, channel h.
_COLUMNS = {
    "categories": "coalesce(g.keys, '{}')",
    "distinct_categories": "coalesce(g.number, 0)",
    "favorite_category_key": "coalesce(g.best, '')",
    "favorite_product_key": "coalesce(p.best, '')",
    "max_orders_in_one_category": "coalesce(g.most, 0)",
    "max_orders_of_one_product": "coalesce(p.most, 0)",
    "preferred_channel_key": "coalesce(h.best, '')",
    **{
        name: f"coalesce(o.{name}, 0)"
        for name in (
            "lunch_orders",
            "dinner_orders",
            "weekend_orders",
            "discounted_orders",
            "orders_before_last_90",
        )
    },
}

_SELECT = """
    WITH touched AS MATERIALIZED ({customers}),
    counted AS MATERIALIZED (
        SELECT o.customer_id, o.placed_on, o.placed_hour, o.spend, o.channel,
               o.discount_total > 0 OR o.discount_codes <> '{{}}' AS is_discounted,
               max(o.placed_on) OVER (PARTITION BY o.customer_id) AS last_on
        FROM commerce_order o WHERE o.customer_id IN (SELECT * FROM touched) AND {counts}
    ),
    ordered AS (
        SELECT customer_id,
               count(*) FILTER (WHERE placed_hour BETWEEN 11 AND 13) AS lunch_orders,
               count(*) FILTER (WHERE placed_hour BETWEEN 17 AND 20) AS dinner_orders,
               count(*) FILTER (WHERE extract(isodow FROM placed_on) > 5) AS weekend_orders,
               count(*) FILTER (WHERE is_discounted) AS discounted_orders,
               count(*) FILTER (WHERE placed_on >= last_on - 90) AS orders_before_last_90
        FROM counted GROUP BY customer_id
    ),
    channels AS (
        SELECT customer_id, (array_agg(key ORDER BY {best}))[1] AS best
        FROM (
            SELECT o.customer_id, coalesce(k.key, o.channel) AS key, count(*) AS orders,
                   sum(o.spend) AS spent, max(o.placed_on) AS last_on
            FROM counted o LEFT JOIN commerce_spelling k
              ON k."column" = 'order.channel' AND k.value = o.channel
            WHERE o.channel <> '' GROUP BY 1, 2
        ) AS used
        GROUP BY customer_id
    ),
    bought AS MATERIALIZED (
        SELECT l.customer_id, l.order_id, l.placed_on, l.product_key, l.category_key, l.line_total
        FROM commerce_orderline l
        WHERE l.customer_id IN (SELECT * FROM touched) AND l.may_count AND l.placed_on <= {on}
          AND (l.counts_until IS NULL OR l.counts_until > {on})
    ),
    categories AS ({categories}),
    products AS ({products})
    SELECT c.id AS customer_id, {values}
    FROM commerce_customer c
    LEFT JOIN ordered o ON o.customer_id = c.id
    LEFT JOIN channels h ON h.customer_id = c.id
    LEFT JOIN categories g ON g.customer_id = c.id
    LEFT JOIN products p ON p.customer_id = c.id
    WHERE c.id IN (SELECT * FROM touched)
"""

_REBUILD = """
    INSERT INTO commerce_customerhabits AS m (customer_id, {names})
    {select}
    ON CONFLICT (customer_id) DO UPDATE SET ({names}) = ROW({new_names})
    WHERE ({old_names}) IS DISTINCT FROM ({new_names})
"""

_FAVORITES = """
    SELECT customer_id, count(*) AS number, max(orders) AS most,
           array_agg(key ORDER BY key COLLATE "C") AS keys,
           (array_agg(key ORDER BY {best}))[1] AS best
    FROM (
        SELECT customer_id, {column} AS key, count(DISTINCT order_id) AS orders,
               sum(line_total) AS spent, max(placed_on) AS last_on
        FROM bought WHERE {column} <> '' GROUP BY customer_id, {column}
    ) AS held
    GROUP BY customer_id
"""


def rebuild_habits(
    cursor: CursorWrapper, customers: sql.Composable, *, on: date, policy: OrderPolicy
) -> int:
    """Write the habits, as they stand at `on`, of the ids that `customers` selects.

    Returns how many rows changed. What a favourite brought is counted before refunds.
    """
    cursor.execute(
        sql.SQL(_REBUILD).format(
            select=select_habits(customers, on=on, policy=policy),
            names=sql.SQL(", ").join(map(sql.Identifier, _COLUMNS)),
            new_names=sql.SQL(", ").join(sql.Identifier("excluded", name) for name in _COLUMNS),
            old_names=sql.SQL(", ").join(sql.Identifier("m", name) for name in _COLUMNS),
        )
    )
    return cursor.rowcount


def select_habits(
    customers: sql.Composable, *, on: date | sql.Composable, policy: OrderPolicy
) -> sql.Composed:
    """Return the query of the habits at `on`, a day or a column of an outer query."""
    return sql.SQL(_SELECT).format(
        customers=customers,
        counts=counts("o", on=on, reasons=heeded_reasons(policy)),
        on=the_day(on),
        best=sql.SQL(_BEST),
        categories=_favorites("category_key"),
        products=_favorites("product_key"),
        values=sql.SQL(", ").join(
            sql.SQL("{} AS {}").format(sql.SQL(value), sql.Identifier(name))  # type: ignore[arg-type]
            for name, value in _COLUMNS.items()
        ),
    )


def _favorites(column: str) -> sql.Composed:
    return sql.SQL(_FAVORITES).format(best=sql.SQL(_BEST), column=sql.Identifier(column))
