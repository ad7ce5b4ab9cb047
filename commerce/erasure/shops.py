"""Everybody a source brought, forgotten: what a platform asks for after an app was taken off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce import counting, order_followers, rollups, stale
from commerce.erasure.erase import erase
from commerce.ingest.follow import hold
from commerce.models import CustomerIdentity
from tenants import audit
from tenants.progress import Progress
from tenants.registry import Registry
from tenants.schema import connection

PAGE = 2_000  # customers a transaction: some seconds, in which no batch of facts is written


@dataclass(frozen=True)
class Platform:
    """Who owns sources `<key>:<shop>`. `is_back` says that a shop is connected again."""

    key: str
    label: str
    is_back: Callable[[str], bool]
    forget: Callable[[str], dict[str, int]]  # what the platform keeps beside the facts


PLATFORMS: Registry[Platform] = Registry("platform")


def platform_of(source: str) -> Platform | None:
    """Return the owner of a source, if it is one of a platform's."""
    return PLATFORMS.get(source.partition(":")[0])


def forget(source: str, *, by: audit.Actor, at: datetime, progress: Progress) -> dict[str, int]:
    """Forget everybody this source brought, page by page; who is interrupted goes on.

    Whom another source knows too stays, without what this one brought: its id, orders, events.
    No prints are kept: the same shop may come back.
    """
    counts: dict[str, int] = {}
    rows = CustomerIdentity.objects.filter(source=source).order_by("customer_id")
    done, total = 0, rows.count()
    while page := sorted(set(rows.values_list("customer_id", flat=True)[:PAGE])):
        elsewhere = CustomerIdentity.objects.filter(customer__in=page).exclude(source=source)
        shared = set(elsewhere.values_list("customer_id", flat=True))
        if shared:
            _add(counts, {"kept": release(sorted(shared), source=source, at=at)})
        if alone := [pk for pk in page if pk not in shared]:
            _add(counts, erase(alone, by=by, at=at, keeps_away=False))
        done += len(page)
        progress.report(done, max(done, total), "customers forgotten")
    owner = platform_of(source)
    return counts | (owner.forget(source) if owner else {})


def release(customers: list[int], *, source: str, at: datetime) -> int:
    """Take from these customers what `source` brought; return how many they are."""
    on = at.astimezone(connection.tenant.zone).date()
    values = {"source": source, "customers": customers}
    who = sql.SQL("SELECT unnest({}::bigint[])").format(sql.Literal(customers))
    orders = sql.SQL("SELECT id FROM released_order")
    with transaction.atomic(), connection.cursor() as cursor:
        hold(cursor)
        on = rollups.stand_at(cursor, on=on)
        cursor.execute("DROP TABLE IF EXISTS released_order")
        cursor.execute(
            "CREATE TEMPORARY TABLE released_order ON COMMIT DROP AS SELECT id FROM commerce_order"
            " WHERE source = %(source)s AND customer_id = ANY(%(customers)s)",
            values,
        )
        rollups.touch_days(cursor, orders)
        _let_go(cursor, values)
        counting.settle(cursor, orders, on=on)
        order_followers.follow(cursor, orders, on=on)
        rollups.refresh(cursor, who, on=on)
        rollups.refresh_activity(cursor, who, on=on)
        stale.mark(cursor, who, facts="orders", cause="erasure")
    return len(customers)


def _let_go(cursor: CursorWrapper, values: dict[str, Any]) -> None:
    for statement in (
        "UPDATE commerce_orderline SET customer_id = NULL"
        " WHERE order_id IN (SELECT id FROM released_order)",
        "UPDATE commerce_order SET customer_id = NULL, email_key = ''"
        " WHERE id IN (SELECT id FROM released_order)",
        "UPDATE commerce_refund SET customer_id = NULL"
        " WHERE source = %(source)s AND customer_id = ANY(%(customers)s)",
        "DELETE FROM commerce_event WHERE source = %(source)s AND customer_id = ANY(%(customers)s)",
        "DELETE FROM commerce_customeridentity"
        " WHERE source = %(source)s AND customer_id = ANY(%(customers)s)",
    ):
        cursor.execute(statement, values)


def _add(counts: dict[str, int], more: dict[str, int]) -> None:
    for key, count in more.items():
        counts[key] = counts.get(key, 0) + count
