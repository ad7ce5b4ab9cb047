"""Queries of the customers who have something on certain days."""

from datetime import date, timedelta

from psycopg import sql

Range = tuple[date, date]
Days = tuple[str, str, date, date]  # table, column, first and last day


def scans(days: list[Days]) -> list[sql.Composable]:
    """Return one scan a table for all its columns and ranges: none of them has an index."""
    tables: dict[str, dict[tuple[str, Range], sql.Composable]] = {}
    for table, column, first, last in days:
        tables.setdefault(table, {})[column, (first, last)] = sql.SQL(
            "{} BETWEEN {} AND {}"
        ).format(sql.Identifier(column), sql.Literal(first), sql.Literal(last))
    return [
        sql.SQL("SELECT customer_id FROM {} WHERE {}").format(
            sql.Identifier(table), sql.SQL(" OR ").join(ranges.values())
        )
        for table, ranges in tables.items()
    ]


def orders_seen(since: date, day: date) -> list[sql.Composable]:
    """Orders and refunds that came into sight, orders that stopped counting."""
    after = since + timedelta(days=1)
    return [
        between("commerce_order", "placed_on", after, day),
        between("commerce_order", "counts_until", after, day),
        between("commerce_refund", "refunded_on", after, day),
    ]


def between(table: str, column: str, first: date, last: date) -> sql.Composed:
    """Return who has a row of `table` on one of the days."""
    return sql.SQL("SELECT customer_id FROM {} WHERE {} BETWEEN {} AND {}").format(
        sql.Identifier(table), sql.Identifier(column), sql.Literal(first), sql.Literal(last)
    )
