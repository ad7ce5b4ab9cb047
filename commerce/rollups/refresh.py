"""The doors to a customer's numbers: some customers after a change of facts, or all of them."""

from datetime import date

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce.models import OrderPolicy, StaleDay
from commerce.rollups.activity import rebuild_activity
from commerce.rollups.customers import EVERYBODY, rebuild
from commerce.rollups.days import STORE_DAYS, recount_all_days
from commerce.rollups.habits import rebuild_habits
from commerce.rollups.state import hold_alone, move_to
from commerce.rollups.windows import stand_at
from tenants import jobs


def refresh(cursor: CursorWrapper, customers: sql.Composable, *, on: date) -> int:
    """Bring the numbers of the ids that `customers` selects up to date; return how many changed.

    They stand at the day all metrics stand at, which is rolled to `on` first when `on` is later.
    What comes from events alone has a door of its own, `refresh_activity`.
    """
    changed = refresh_metrics(cursor, customers, on=on)
    refresh_habits(cursor, customers, on=on)
    return changed


def refresh_metrics(cursor: CursorWrapper, customers: sql.Composable, *, on: date) -> int:
    """Do the first half of `refresh`; who calls it alone owes the other."""
    day = stand_at(cursor, on=on)
    changed = rebuild(cursor, customers, on=day, policy=OrderPolicy.current())
    if changed and StaleDay.objects.exists():
        jobs.wake(STORE_DAYS)
    return changed


def refresh_habits(cursor: CursorWrapper, customers: sql.Composable, *, on: date) -> None:
    """Do the second half of `refresh`."""
    day = stand_at(cursor, on=on)
    rebuild_habits(cursor, customers, on=day, policy=OrderPolicy.current())


def refresh_activity(cursor: CursorWrapper, customers: sql.Composable, *, on: date) -> int:
    """Bring what the ids that `customers` selects did in the product up to date, likewise."""
    return rebuild_activity(cursor, customers, on=stand_at(cursor, on=on))


def refresh_all(cursor: CursorWrapper, *, on: date) -> int:
    """Rebuild every number as of `on`, an earlier day too; return how many customers changed."""
    hold_alone(cursor, on=on)
    move_to(cursor, on=on)
    policy = OrderPolicy.current()
    changed = rebuild(cursor, EVERYBODY, on=on, policy=policy)
    rebuild_habits(cursor, EVERYBODY, on=on, policy=policy)
    rebuild_activity(cursor, EVERYBODY, on=on)
    recount_all_days(cursor, standing=on)
    return changed
