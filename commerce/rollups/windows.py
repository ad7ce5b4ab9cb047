"""Moving all metrics to a later local day, at the price of what changes between the two."""

from datetime import date, timedelta

from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from psycopg import sql
from psycopg.errors import LockNotAvailable

from commerce.models import OrderPolicy
from commerce.rollups.activity import moved_activity, rebuild_activity
from commerce.rollups.customers import WINDOWS, rebuild
from commerce.rollups.days import recount_days
from commerce.rollups.habits import rebuild_habits
from commerce.rollups.state import hold_alone, hold_shared, move_to, standing_day

WAIT = "5s"  # how long a page waits for whoever counts everything again


def stand_at(cursor: CursorWrapper, *, on: date) -> date:
    """Hold the metrics' day until commit, rolled to `on` first when that is later; return the day.

    First call of any transaction that writes facts: with the lock already held, two of them rolling
    at once would wait for each other.
    """
    standing = standing_day()
    if standing is not None and standing < on:
        roll(cursor, on=on)
    return hold_shared(cursor, on=on)


class BeingRecounted(Exception):  # noqa: N818 - a state
    """Everything is being counted again, and nobody may write facts meanwhile."""


def stand_soon(cursor: CursorWrapper, *, on: date) -> date:
    """Do as `stand_at` for somebody at a page: raise BeingRecounted instead of waiting minutes."""
    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAIT])
    try:
        day = stand_at(cursor, on=on)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise BeingRecounted(
            "Everything is being recounted at the moment. Try again in a few minutes."
        ) from error
    cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    return day


def roll(cursor: CursorWrapper, *, on: date) -> int:
    """Bring all metrics to stand at `on`; return how many customers changed. Never goes back."""
    standing = hold_alone(cursor, on=on)
    if standing >= on:
        return 0
    move_to(cursor, on=on)
    policy = OrderPolicy.current()
    changed = rebuild(cursor, _moved(standing, on=on), on=on, policy=policy)
    rebuild_habits(cursor, _counted_anew(standing, on=on), on=on, policy=policy)
    rebuild_activity(cursor, moved_activity(standing, on=on), on=on)
    cursor.execute(_stale_days(standing, on=on))
    recount_days(cursor, standing=on)
    return changed


_MOVED = """
    SELECT customer_id FROM commerce_order WHERE customer_id IS NOT NULL AND {placed}
    UNION
    SELECT customer_id FROM commerce_refund WHERE customer_id IS NOT NULL AND {refunded}
    UNION
    SELECT customer_id FROM commerce_order WHERE customer_id IS NOT NULL AND {ended}
"""

# No habit has a window that ends today: they change only with which orders count.
_COUNTED_ANEW = """
    SELECT customer_id FROM commerce_order WHERE customer_id IS NOT NULL AND {entered}
    UNION
    SELECT customer_id FROM commerce_order WHERE customer_id IS NOT NULL AND {ended}
"""

# Orders that ended or began to count change their own day and those of their refunds.
_STALE_DAYS = """
    INSERT INTO commerce_staleday (day)
    SELECT placed_on FROM commerce_order WHERE {ended}
    UNION
    SELECT r.refunded_on FROM commerce_refund r JOIN commerce_order o ON o.id = r.order_id
    WHERE {ended}
    UNION
    SELECT placed_on FROM commerce_order WHERE {entered}
    UNION
    SELECT refunded_on FROM commerce_refund
    WHERE order_id IN (SELECT id FROM commerce_order WHERE {entered})
"""


def _moved(standing: date, *, on: date) -> sql.Composed:
    """Customers with an order or refund that entered or left a window, or stopped counting."""
    return sql.SQL(_MOVED).format(
        placed=_crossed("placed_on", standing=standing, on=on),
        refunded=_crossed("refunded_on", standing=standing, on=on),
        ended=_between("counts_until", standing, on),
    )


def _counted_anew(standing: date, *, on: date) -> sql.Composed:
    return sql.SQL(_COUNTED_ANEW).format(
        entered=_between("placed_on", standing, on), ended=_between("counts_until", standing, on)
    )


def _stale_days(standing: date, *, on: date) -> sql.Composed:
    return sql.SQL(_STALE_DAYS).format(
        ended=_between("counts_until", standing, on),
        entered=_between("placed_on", standing, on),
    )


def _crossed(column: str, *, standing: date, on: date) -> sql.Composed:
    """Entered since `standing`, or left the last N days, for every N."""
    spans = [(standing, on)]
    for days in WINDOWS:
        before = timedelta(days=days + 1)
        spans.append((standing - before, on - before))
    return sql.SQL("({})").format(
        sql.SQL(" OR ").join(_between(column, first, last) for first, last in spans)
    )


def _between(column: str, after: date, until: date) -> sql.Composed:
    return sql.SQL("{c} > {after} AND {c} <= {until}").format(
        c=sql.Identifier(column), after=sql.Literal(after), until=sql.Literal(until)
    )
