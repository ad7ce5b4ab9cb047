"""What the boxes of a filter suggest: the store's own values, read when they are opened."""

from typing import Any

from django.core.cache import cache
from django.db.models import Func

from commerce.models import CustomerMetrics, Order
from commerce.patience import TooSlowError, patience

KEPT_SECONDS = 600
WAIT_MS = 2_000
SHOWN = 200
RECENT_ORDERS = 5_000  # all distinct channels of ten million orders would take seconds


def customers() -> dict[str, list[str]]:
    """Return countries, tiers and tags of the store's customers."""
    found = cache.get("commerce:customer-values")
    if found is None:
        rows = CustomerMetrics.objects.filter(in_base=True)
        try:
            with patience(WAIT_MS):
                tags = rows.annotate(tag=Func("tag_keys", function="unnest"))
                found = {
                    "country": _known(rows.values_list("country", flat=True)),
                    "tier": _known(rows.values_list("tier_key", flat=True)),
                    "tag": _known(tags.values_list("tag", flat=True)),
                }
        except TooSlowError:
            found = {}
        cache.set("commerce:customer-values", found, KEPT_SECONDS)
    return found


def orders() -> dict[str, list[str]]:
    """Return channels, stores and sources of the newest orders."""
    newest = Order.objects.order_by("-placed_at", "-id")
    rows = list(newest.values_list("channel", "store", "source_name")[:RECENT_ORDERS])
    names = ("channel", "store", "source")
    return {
        name: sorted({row[place] for row in rows if row[place]})[:SHOWN]
        for place, name in enumerate(names)
    }


def _known(values: Any) -> list[str]:
    return sorted(value for value in values.distinct()[: SHOWN * 5] if value)[:SHOWN]
