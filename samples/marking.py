"""What staff say about single orders: a sample after all, or none."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from psycopg import sql

from commerce import rollups, stale
from commerce.models import Order
from samples import classifying
from samples.models import SampleDecision
from tenants import audit
from tenants.schema import connection

Verdict = SampleDecision.Verdict
MOST = 1_000  # orders at once: a second or two for whoever waits


class MarkRefused(Exception):  # noqa: N818 - a state
    """Nothing was written; the message says why."""


def mark(orders: Sequence[int], *, verdict: str, by: audit.Actor, at: datetime) -> int:
    """Decide what these orders are (ugc, tiktok, none; "" lets the settings decide again).

    Return how many orders there are. The decision outlives every change of the settings. Numbers of
    customers and store follow at once. Raise MarkRefused, or BeingRecounted while everything is.
    """
    if verdict and verdict not in Verdict.values:
        raise MarkRefused("Choose UGC, TikTok or no sample.")
    if len(orders) > MOST:
        raise MarkRefused(f"Mark at most {MOST:,} orders at once.")
    on = at.astimezone(connection.tenant.zone).date()
    with transaction.atomic(), connection.cursor() as cursor:
        rollups.stand_soon(cursor, on=on)
        rows = Order.objects.filter(pk__in=orders).order_by("pk").select_for_update(of=("self",))
        found = dict(rows.values_list("pk", "customer_id"))
        _decide(found, verdict=verdict, by=by, at=at)
        classifying.follow(cursor, _ids(found), on)
        customers = _ids(customer for customer in found.values() if customer)
        rollups.refresh(cursor, customers, on=on)
        stale.mark(cursor, customers, facts="orders", cause="manual")
        audit.record(by, "mark_sample", Order, orders=sorted(found), verdict=verdict or "settings")
    return len(found)


def _decide(orders: Iterable[int], *, verdict: str, by: audit.Actor, at: datetime) -> None:
    if not verdict:
        SampleDecision.objects.filter(pk__in=orders).delete()
        return
    user = by if getattr(by, "pk", None) else None
    SampleDecision.objects.bulk_create(
        [
            SampleDecision(order_id=pk, verdict=verdict, decided_by=user, decided_at=at)  # type: ignore[misc]
            for pk in orders
        ],
        update_conflicts=True,
        unique_fields=["order"],
        update_fields=["verdict", "decided_by", "decided_at"],
    )


def _ids(values: Iterable[int]) -> sql.Composed:
    return sql.SQL("SELECT unnest({}::bigint[])").format(sql.Literal(sorted(set(values))))
