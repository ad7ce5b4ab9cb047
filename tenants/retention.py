"""What is deleted after how long: one table, filled by the floors that own the rows.

Facts (customers, orders, events) and today's memberships are no part of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from tenants import audit
from tenants.access.models import RetentionRule
from tenants.registry import Registry
from tenants.runs import RunHandle

PAGE = 20_000  # rows a transaction: whoever writes to a ledger waits a moment, not minutes


@dataclass(frozen=True)
class Kept:
    """A kind of record. `delete` takes a moment, deletes what is older, returns how many.

    `least` is the fewest days that pages and other jobs need.
    """

    key: str
    label: str
    days: int
    least: int
    help: str
    delete: Callable[[datetime], int]


KEPT: Registry[Kept] = Registry("retention")
register = KEPT.register


def days_kept() -> dict[str, int]:
    """Return key → for how many days the merchant keeps these records."""
    own = dict(RetentionRule.objects.values_list("key", "days"))
    return {kept.key: max(kept.least, own.get(kept.key, kept.days)) for kept in KEPT}


@transaction.atomic
def keep_for(days: dict[str, int], *, by: audit.Actor) -> None:
    """Set the merchant's own numbers of days; a kind's default needs no row."""
    before = days_kept()
    changed = {key: count for key, count in days.items() if before[key] != count}
    for key, count in changed.items():
        if count == KEPT[key].days:
            RetentionRule.objects.filter(pk=key).delete()
        else:
            RetentionRule.objects.update_or_create(pk=key, defaults={"days": count})
    if changed:
        facts = {key: f"{before[key]} → {count} days" for key, count in changed.items()}
        audit.record(by, "retention", RetentionRule, **facts)


def delete_old(handle: RunHandle) -> dict[str, Any]:
    """Delete what is older than the merchant keeps it; return how many by kind."""
    days, deleted = days_kept(), {}
    for place, kept in enumerate(KEPT):
        handle.report(place, len(KEPT), kept.label)
        deleted[kept.key] = kept.delete(handle.moment - timedelta(days=days[kept.key]))
    handle.report(len(KEPT), len(KEPT), "Done")
    return deleted


def delete_rows(rows: QuerySet[Any]) -> int:
    """Delete `rows` in pages, each a transaction: who is interrupted goes on where it was."""
    total = 0
    while page := list(rows.order_by("pk").values_list("pk", flat=True)[:PAGE]):
        with transaction.atomic():
            rows.model.objects.filter(pk__in=page).delete()
        total += len(page)
    return total
