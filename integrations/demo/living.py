"""Segments that have lived for a week already: their ledger tells who has just come in."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil

from django.db.models import DecimalField, Max, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from psycopg import sql

from commerce.models import Order
from segments import membership
from segments.audience import population
from segments.library import use_preset
from segments.models import Segment
from segments.models.membership import Cause
from segments.refreshing import refresh_segments
from tenants.schema import connection

DAYS = 8
TOP = 10  # percent: the share of the library's VIP customers
QUIET_DAYS = 60  # of the library's segment At risk


def live_a_week(*, today: date) -> None:
    """Make the VIPs and those at risk of eight days ago, then let them become those of today."""
    then, now = today - timedelta(days=DAYS), timezone.now()
    lived = {
        ("just_vip", "vip_customers"): best_before(then),
        ("recently_at_risk", "at_risk_60"): quiet_before(then),
    }
    for (newcomers, among), ids in lived.items():
        just, _ = use_preset(newcomers, by=None)
        segment = Segment.objects.get(preset=among)
        _hold(segment, ids, at=now - timedelta(days=DAYS))
        refresh_segments([segment, just], at=now, cause=Cause.DATA)


def _hold(segment: Segment, ids: list[int], *, at: datetime) -> None:
    """Let a segment have been computed at `at`, with these members."""
    chosen = sql.SQL("SELECT {}, unnest({}::bigint[])").format(
        sql.Literal(segment.pk), sql.Literal(ids)
    )
    with connection.cursor() as cursor:
        membership.refresh(
            cursor,
            membership.Wanted(
                [segment.pk],
                sql.SQL("SELECT * FROM ({}) AS held (segment_id, customer_id)").format(chosen),
            ),
            membership.Because(Cause.FIRST, at),
        )
    segment.refresh_from_db()


def quiet_before(day: date) -> list[int]:
    """Return who had last ordered 60 days or more before the end of `day`."""
    orders = Order.objects.filter(placed_on__lte=day, excluded_as="", customer__isnull=False)
    last = orders.order_by().values("customer").annotate(last=Max("placed_on"))
    rows = last.filter(last__lte=day - timedelta(days=QUIET_DAYS))
    return list(rows.values_list("customer", flat=True))


def best_before(day: date) -> list[int]:
    """Return the tenth of the buyers who had spent most by the end of `day`, ties left aside."""
    money: DecimalField[Decimal, Decimal] = DecimalField(max_digits=18, decimal_places=4)
    later = Order.objects.filter(customer=OuterRef("pk"), placed_on__gt=day, excluded_as="")
    since = later.order_by().values("customer").annotate(sum=Sum("spend")).values("sum")
    rows = population().filter(first_order_on__lte=day)
    spent = dict(rows.values_list("pk", "spent"))
    recent = Coalesce(Subquery(since, output_field=money), Value(Decimal(0)), output_field=money)
    for pk, amount in rows.annotate(recent=recent).values_list("pk", "recent"):
        spent[pk] -= amount
    best = sorted(spent, key=lambda pk: (-spent[pk], pk))
    return best[: ceil(len(best) * TOP / 100)]
