"""Recency, frequency and monetary of each customer as of a day, from the facts, as SQL."""

from datetime import date, timedelta

from psycopg import sql

from commerce.rollups.counted import counts
from segments.scoring.rfm.definition import Definition

_QUERY = sql.SQL("""
WITH ordered AS (
    SELECT o.customer_id, max(o.placed_on) AS last_on, min(o.placed_on) AS first_on,
        count(*){in_frequency} AS orders, sum(o.spend){in_money} AS spend
    FROM {orders} WHERE {order_counts} GROUP BY o.customer_id
), refunded AS (
    SELECT r.customer_id, sum(r.spend) AS spend
    FROM {refunds} LEFT JOIN commerce_order o ON o.id = r.order_id
    WHERE r.refunded_on <= {as_of}{refund_in_money} AND (r.order_id IS NULL OR {order_counts})
    GROUP BY r.customer_id
){events}
SELECT customer_id, {last_on} AS last_on, {frequency} AS frequency,
    round(coalesce(ordered.spend, 0) - coalesce(refunded.spend, 0), 2) AS monetary
FROM {people} LEFT JOIN refunded USING (customer_id)
WHERE customer_id IS NOT NULL AND {is_customer}{allowed}
""")

_ACTIVE = sql.SQL(""", active AS (
    SELECT e.customer_id, max(e.occurred_on) AS last_on
    FROM {events} WHERE e.name = {activity} AND e.occurred_on <= {as_of} GROUP BY e.customer_id
), did AS (
    SELECT e.customer_id, count(*) AS times
    FROM {events} WHERE e.name = {frequency_of} AND e.occurred_on <= {as_of}{in_period}
    GROUP BY e.customer_id
)""")

# Merged, erased and left-out people are few: they are found once, not joined a million times.
_IS_CUSTOMER = sql.SQL("""NOT EXISTS (
    SELECT FROM commerce_customer p WHERE p.id = customer_id
    AND (p.merged_into_id IS NOT NULL OR p.erased_at IS NOT NULL OR p.left_out_as <> ''))""")


def numbers_query(
    definition: Definition, *, as_of: date, only: sql.Identifier | None = None
) -> sql.Composed:
    """Return SQL for (customer_id, last_on, frequency, monetary), a row for each customer to be
    scored.

    `only` names a table of customer ids: then nobody else's facts are read. Excluded customers have
    no row.
    """
    reads_events = bool(definition.activity or definition.frequency_of)
    return _QUERY.format(
        as_of=sql.Literal(as_of),
        orders=_table("commerce_order", "o", only),
        refunds=_table("commerce_refund", "r", only),
        order_counts=counts("o", on=as_of, reasons=list(definition.reasons)),
        in_frequency=_filter("o.placed_on", definition.frequency_days, as_of),
        in_money=_filter("o.placed_on", definition.money_days, as_of),
        refund_in_money=_since("r.refunded_on", definition.money_days, as_of),
        events=_events(definition, as_of, only) if reads_events else sql.SQL(""),
        last_on=sql.SQL("coalesce(active.last_on, ordered.last_on)" if reads_events else "last_on"),
        frequency=_frequency(definition),
        people=sql.SQL(
            "ordered FULL JOIN active USING (customer_id) LEFT JOIN did USING (customer_id)"
            if reads_events
            else "ordered"
        ),
        is_customer=_IS_CUSTOMER,
        allowed=_allowed(definition, as_of),
    )


def _events(definition: Definition, as_of: date, only: sql.Identifier | None) -> sql.Composed:
    return _ACTIVE.format(
        events=_table("commerce_event", "e", only),
        activity=sql.Literal(definition.activity),
        frequency_of=sql.Literal(definition.frequency_of),
        as_of=sql.Literal(as_of),
        in_period=_since("e.occurred_on", definition.frequency_days, as_of),
    )


def _frequency(definition: Definition) -> sql.SQL:
    if definition.frequency_of:
        return sql.SQL("coalesce(did.times, 0)::integer")
    return sql.SQL("coalesce(ordered.orders, 0)::integer")


def _table(table: str, alias: str, only: sql.Identifier | None) -> sql.Composed:
    plain = sql.SQL("{} {}").format(sql.Identifier(table), sql.Identifier(alias))
    if only is None:
        return plain
    return sql.SQL("{} JOIN {} scope ON scope.customer_id = {}.customer_id").format(
        plain, only, sql.Identifier(alias)
    )


def _since(column: str, days: int | None, as_of: date) -> sql.Composable:
    if days is None:
        return sql.SQL("")
    first = sql.Literal(as_of - timedelta(days=days))
    return sql.SQL(" AND {} >= {}").format(sql.SQL(column), first)


def _filter(column: str, days: int | None, as_of: date) -> sql.Composable:
    if days is None:
        return sql.SQL("")
    first = sql.Literal(as_of - timedelta(days=days))
    return sql.SQL(" FILTER (WHERE {} >= {})").format(sql.SQL(column), first)


def _allowed(definition: Definition, as_of: date) -> sql.Composable:
    """Return the conditions of a score: not too new, enough orders, enough spend."""
    conditions: list[sql.Composable] = []
    if definition.exclude_first_days:
        first = sql.Literal(as_of - timedelta(days=definition.exclude_first_days))
        conditions.append(sql.SQL(" AND (first_on IS NULL OR first_on < {})").format(first))
    if definition.minimum_orders:
        least = sql.Literal(definition.minimum_orders)
        conditions.append(sql.SQL(" AND coalesce(ordered.orders, 0) >= {}").format(least))
    if definition.minimum_spend:
        conditions.append(
            sql.SQL(
                " AND round(coalesce(ordered.spend, 0) - coalesce(refunded.spend, 0), 2) >= {}"
            ).format(sql.Literal(definition.minimum_spend))
        )
    return sql.Composed(conditions)
