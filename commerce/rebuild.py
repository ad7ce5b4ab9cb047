"""Everything counted again: after a change of policy, currency or time zone. One transaction."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce import counting, order_followers, stale
from commerce.event_roles import ACTIVITY
from commerce.models import OrderPolicy
from commerce.rollups import hold_alone, refresh_all
from commerce.terms import current_terms
from tenants.progress import Progress, Silence
from tenants.schema import connection

REBUILD = "rebuild"  # the job's key
BATCH = 200_000  # orders a statement: a few seconds between two looks at the progress
SILENCE = Silence()

# Every local day and hour that ingest wrote, where the new zone's calendar says otherwise.
_LOCALIZE = (
    """
    UPDATE commerce_order SET placed_on = here::date, placed_hour = extract(hour FROM here)
    FROM (SELECT id AS local_id, placed_at AT TIME ZONE {zone} AS here FROM commerce_order) AS local
    WHERE local_id = id AND (placed_on, placed_hour)
        IS DISTINCT FROM (here::date, extract(hour FROM here)::smallint)
    """,
    """
    UPDATE commerce_refund SET refunded_on = (refunded_at AT TIME ZONE {zone})::date
    WHERE refunded_on <> (refunded_at AT TIME ZONE {zone})::date
    """,
    """
    UPDATE commerce_event SET occurred_on = here::date, occurred_hour = extract(hour FROM here)
    FROM (
        SELECT id AS local_id, occurred_at AT TIME ZONE {zone} AS here FROM commerce_event
    ) AS local
    WHERE local_id = id AND (occurred_on, occurred_hour)
        IS DISTINCT FROM (here::date, extract(hour FROM here)::smallint)
    """,
)


def rebuild(
    *,
    on: date,
    policy: dict[str, Any] | None = None,
    zone_changed: bool = False,
    progress: Progress = SILENCE,
) -> dict[str, Any]:
    """Save `policy` if given, settle every order, refresh every customer, mark everybody.

    Writers of facts wait until the end; a cancellation leaves everything as it was.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        hold_alone(cursor, on=on)
        if policy is not None:
            OrderPolicy.objects.update_or_create(pk=1, defaults=policy)
        if zone_changed:
            progress.report(0, note="Moving orders and events to their local days")
            _localize(cursor)
        orders = _settle_all(cursor, progress=progress)
        if policy is None:  # other days, another currency: reasons that follow from them
            order_followers.follow(cursor, sql.SQL("SELECT id FROM commerce_order"), on=on)
        progress.report(orders, orders, note="Counting customers")
        customers = refresh_all(cursor, on=on)
        stale.mark_all(cursor, facts="orders", cause="order_policy")
        if zone_changed:
            for facts in ("events", ACTIVITY):
                stale.mark_all(cursor, facts=facts, cause="order_policy")
        return {"orders": orders, "customers_changed": customers}


def _localize(cursor: CursorWrapper) -> None:
    zone = sql.Literal(connection.tenant.timezone)
    for statement in _LOCALIZE:
        cursor.execute(sql.SQL(statement).format(zone=zone))


def _settle_all(cursor: CursorWrapper, *, progress: Progress) -> int:
    """Settle all orders in batches of ids, and the negative invoices; return how many orders."""
    terms = current_terms()
    cursor.execute("SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM commerce_order")
    first, last = cursor.fetchone()
    for start in range(first, last + 1, BATCH):
        progress.report(start - first, last - first + 1, note="Recounting orders")
        orders = sql.SQL("SELECT id FROM commerce_order WHERE id >= {} AND id < {}").format(
            sql.Literal(start), sql.Literal(start + BATCH)
        )
        counting.write(cursor, orders, terms=terms)
    counting.write_negative_invoices(cursor, sql.SQL("SELECT id FROM commerce_refund"), terms=terms)
    cursor.execute("SELECT count(*) FROM commerce_order")
    count: int = cursor.fetchone()[0]
    return count
