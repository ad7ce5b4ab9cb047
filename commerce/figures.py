"""The store's totals for pages, from the narrow rows: no page scans ten million orders."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from commerce.models import CustomerMetrics, StaleDay, StoreDay
from commerce.rollups import standing_day

YEAR = timedelta(days=365)
NOTHING = Decimal(0)


@dataclass(frozen=True)
class StoreTotals:
    """Orders that count and revenue net of refunds as of a local day, guests included.

    `…_365` holds the local days as_of − 365 … as_of. The guests' part is in no customer's numbers.
    """

    as_of: date
    orders: int
    revenue: Decimal
    orders_365: int
    revenue_365: Decimal
    guest_orders_365: int
    guest_revenue_365: Decimal
    is_behind: bool  # days changed since; the job "Count store days" is about to follow


@dataclass(frozen=True)
class BaseTotals:
    """The customers of the base and what they spent: no guests, nobody merged, erased, left out."""

    as_of: date
    customers: int
    with_orders: int
    revenue: Decimal
    revenue_365: Decimal


def store_totals() -> StoreTotals | None:
    """Return the totals of the whole store; None before the first order or customer."""
    on = standing_day()
    if on is None:
        return None
    recent = Q(day__gte=on - YEAR)
    net, guest_net = F("spent") - F("refunded"), F("guest_spent") - F("guest_refunded")
    sums = StoreDay.objects.filter(day__lte=on).aggregate(
        orders=Coalesce(Sum("orders_count"), 0),
        revenue=Coalesce(Sum(net), NOTHING),
        orders_365=Coalesce(Sum("orders_count", filter=recent), 0),
        revenue_365=Coalesce(Sum(net, filter=recent), NOTHING),
        guest_orders_365=Coalesce(Sum("guest_orders", filter=recent), 0),
        guest_revenue_365=Coalesce(Sum(guest_net, filter=recent), NOTHING),
    )
    return StoreTotals(as_of=on, is_behind=StaleDay.objects.exists(), **sums)


def base_totals() -> BaseTotals | None:
    """Return the totals of the base, one pass over the narrow rows."""
    on = standing_day()
    if on is None:
        return None
    sums = CustomerMetrics.objects.filter(in_base=True).aggregate(
        customers=Count("pk"),
        with_orders=Count("pk", filter=Q(orders_count__gt=0)),
        revenue=Coalesce(Sum("spent"), NOTHING),
        revenue_365=Coalesce(Sum("spent_365"), NOTHING),
    )
    return BaseTotals(as_of=on, **sums)


def population() -> int:
    """Return how many customers the base has."""
    return CustomerMetrics.objects.filter(in_base=True).count()


def revenue_by_day(*, first: date, last: date) -> list[tuple[date, int, Decimal]]:
    """Return (day, orders, revenue net of the day's refunds), guests too; no row, nothing sold."""
    rows = StoreDay.objects.filter(day__range=(first, last)).order_by("day")
    return list(rows.values_list("day", "orders_count", F("spent") - F("refunded")))
