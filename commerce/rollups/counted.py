"""When an order counts, as SQL: the one sentence every rollup reads.

An order counts at a day when it was placed by then, has no reason that the policy heeds, and its
counts_until is later. A refund lowers spend on its own day when its order counts, or it has none.
"""

from datetime import date

from psycopg import sql

from commerce.models import OrderPolicy

# Money of another currency is never added to the merchant's own, whatever the policy heeds.
ALWAYS_HEEDED = "currency"


def heeded_reasons(policy: OrderPolicy) -> list[str]:
    """Return the reasons that keep an order from counting under `policy`."""
    return sorted({*policy.excluded_reasons, ALWAYS_HEEDED})


def the_day(on: date | sql.Composable) -> sql.Composable:
    """Return a day as SQL: a date as itself, the name of a column as it is."""
    return on if isinstance(on, sql.Composable) else sql.Literal(on)


def counts(alias: str, *, on: date | sql.Composable, reasons: list[str]) -> sql.Composed:
    """Return the condition "the order `alias` counts at `on`"."""
    return sql.SQL(
        "({o}.placed_on <= {on} AND ({o}.counts_until IS NULL OR {o}.counts_until > {on})"
        " AND {o}.excluded_as <> ALL({reasons}::varchar[]))"
    ).format(o=sql.Identifier(alias), on=the_day(on), reasons=sql.Literal(reasons))
