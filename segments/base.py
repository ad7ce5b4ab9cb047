"""How large the base is and what it spent: what a preview's shares are shares of."""

from decimal import Decimal

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from redis.exceptions import RedisError

from commerce.models import CustomerMetrics

KEY = "segments.base"


def base_figures() -> tuple[int, Decimal]:
    """Return how many customers the base has and what they spent, at most a minute old.

    A scan of a million rows, 60 to 100 ms, which a preview asks again at every change of a rule.
    """
    seconds = settings.BASE_FIGURES_SECONDS
    if not seconds:
        return _count()
    try:
        kept: tuple[int, Decimal] | None = cache.get(KEY)
        if kept is None:
            cache.set(KEY, kept := _count(), seconds)
    except RedisError:
        return _count()
    return kept


def _count() -> tuple[int, Decimal]:
    found = CustomerMetrics.objects.filter(in_base=True).aggregate(
        customers=Count("pk"), spent=Coalesce(Sum("spent"), Decimal(0))
    )
    return found["customers"], found["spent"]
