"""Customers Klaviyo does not take, in its own words, until it takes them."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import F

from integrations.models import KlaviyoList, KlaviyoRefusal

_PLACE = re.compile(r"/data/attributes/profiles/data/(\d+)(/|$)")
PAGE = 5_000


def place_in(pointer: str) -> int | None:
    """Return which row of a bulk import a pointer names."""
    match = _PLACE.match(pointer)
    return int(match[1]) if match else None


def note(link: KlaviyoList, faults: Mapping[int, str], *, at: datetime) -> None:
    """Write what Klaviyo said about these customers, and that it said so again."""
    if not faults:
        return
    rows = KlaviyoRefusal.objects.filter(list=link, customer__in=list(faults))
    known = {row.customer_id: row for row in rows}
    for customer, row in known.items():
        row.reason = faults[customer][:300]
    KlaviyoRefusal.objects.bulk_update(known.values(), ["reason"], batch_size=PAGE)
    rows.update(attempts=F("attempts") + 1, last_seen_at=at)
    KlaviyoRefusal.objects.bulk_create(
        [
            KlaviyoRefusal(
                list=link, customer_id=pk, reason=words[:300], first_seen_at=at, last_seen_at=at
            )
            for pk, words in faults.items()
            if pk not in known
        ],
        batch_size=PAGE,
    )


def clear(link: KlaviyoList, customers: Collection[int]) -> None:
    """Forget what was said about customers that were taken."""
    if KlaviyoRefusal.objects.filter(list=link).exists():
        KlaviyoRefusal.objects.filter(list=link, customer__in=list(customers)).delete()


def since(link: KlaviyoList, *, at: datetime) -> set[int]:
    """Return the customers refused from `at` on: not tried again in the same run."""
    rows = KlaviyoRefusal.objects.filter(list=link, last_seen_at__gte=at)
    return set(rows.values_list("customer_id", flat=True))
