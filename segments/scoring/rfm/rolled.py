"""The numbers of a few customers from CustomerMetrics, where they stand at the day.

A look-up a customer instead of one an order: fifty thousand changed customers cost a twentieth. A
full pass never reads these, so it also proves them.
"""

from datetime import date, timedelta

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from segments.scoring.rfm.definition import Definition

WINDOWS = {None: ("orders_count", "spent")} | {
    days: (f"orders_{days}", f"spent_{days}") for days in (365, 90, 30)
}

# Shared with everybody who writes facts; who moves the day waits until this pass is committed.
_STANDS_ON = "SELECT stands_on FROM commerce_metricsstate WHERE id = 1 FOR SHARE"
_QUERY = sql.SQL("""
SELECT customer_id, last_order_on AS last_on, {frequency} AS frequency,
    round({money}, 2) AS monetary
FROM commerce_customermetrics JOIN {only} AS scope USING (customer_id)
WHERE in_base AND last_order_on IS NOT NULL AND first_order_on < {not_before}
    AND {frequency} >= {orders} AND ({spend} = 0 OR round({money}, 2) >= {spend})
""")


def rolled_query(
    cursor: CursorWrapper, definition: Definition, *, as_of: date, only: sql.Identifier
) -> sql.Composed | None:
    """Return what `numbers_query` returns, read from the metrics; None when they cannot tell.

    They can when they stand at `as_of` and both periods are among those rolled up.
    """
    periods = {definition.frequency_days, definition.money_days}
    if definition.activity or definition.frequency_of or not periods <= WINDOWS.keys():
        return None
    cursor.execute(_STANDS_ON)
    if cursor.fetchone() != (as_of,):
        return None
    newest = as_of - timedelta(days=definition.exclude_first_days)
    return _QUERY.format(
        frequency=sql.Identifier(WINDOWS[definition.frequency_days][0]),
        money=sql.Identifier(WINDOWS[definition.money_days][1]),
        only=only,
        not_before=sql.Literal(newest if definition.exclude_first_days else date.max),
        orders=sql.Literal(definition.minimum_orders),
        spend=sql.Literal(definition.minimum_spend),
    )
