"""Segments that have lived for a week already: their ledger tells who has just come in."""

from datetime import date, timedelta
from decimal import Decimal
from math import ceil

from django.db.models import DecimalField, OuterRef, Subquery, Sum, Value
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


def live_a_week(*, today: date) -> None:
    """Make the VIP customers of eight days ago, then let them become those of today."""
    just, _ = use_preset("just_vip", by=None)
    vip = Segment.objects.get(preset="vip_customers")
    now = timezone.now()
    ids = sql.Literal(best_before(today - timedelta(days=DAYS)))
    members = sql.SQL("SELECT {}, unnest({}::bigint[])").format(sql.Literal(vip.pk), ids)
    with connection.cursor() as cursor:
        membership.refresh(
            cursor,
            membership.Wanted(
                [vip.pk],
                sql.SQL("SELECT * FROM ({}) AS best (segment_id, customer_id)").format(members),
            ),
            membership.Because(Cause.FIRST, now - timedelta(days=DAYS)),
        )
    vip.refresh_from_db()
    refresh_segments([vip, just], at=now, cause=Cause.DATA)


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
