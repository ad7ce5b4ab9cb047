"""Who looks at orders as soon as they are written, before any customer is counted.

A floor above that decides from an order's own columns (samples) registers here. Whoever wrote
orders calls `follow` in its transaction; so no number is ever counted twice, a guest's order is
seen like any other, and nothing has to be marked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from tenants.registry import Registry


@dataclass(frozen=True)
class Follower:
    """`follow(cursor, orders, on)`: `orders` selects the ids written, `on` is the local day.

    It may change when these orders count (commerce.exclusions.write_samples). Their customers are
    refreshed and marked by the caller.
    """

    key: str
    label: str
    follow: Callable[[CursorWrapper, sql.Composable, date], None]


FOLLOWERS: Registry[Follower] = Registry("follower of orders")


def follow(cursor: CursorWrapper, orders: sql.Composable, *, on: date) -> None:
    """Tell every follower of the ids that `orders` selects."""
    for follower in FOLLOWERS:
        follower.follow(cursor, orders, on)
