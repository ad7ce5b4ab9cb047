"""Landing what a shop told: whole pages set-based; one record that cannot be taken is left out.

The caller's transaction also moves its own place, so that page and place land together.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import psycopg
from django.db import DataError, transaction
from django.db.models import F

from commerce.ingest import Applied, Ingest, ingest
from commerce.models import DataSource
from integrations.models import ShopifyStore, SkippedRecord
from integrations.shopify.mappers import Item, Json, Unusable, number

KEPT_SKIPPED = 10_000  # of a source and resource; all are counted


@dataclass
class Landed:
    """What became of some records: taken, and left out with a reason each."""

    taken: int = 0
    applied: Applied = field(default_factory=Applied)
    skipped: dict[str, str] = field(default_factory=dict)  # external id → reason
    taken_ids: list[str] = field(default_factory=list)

    def reasons(self) -> Counter[str]:
        """Return how many were left out for each reason."""
        return Counter(self.skipped.values())


def read(
    nodes: Iterable[Json], *, to_item: Callable[[Json], Item]
) -> tuple[list[Item], dict[str, str]]:
    """Return what the nodes stand for, and the ids and reasons of those that cannot be used."""
    items, skipped = [], {}
    for position, node in enumerate(nodes):
        try:
            items.append(to_item(node))
        except (Unusable, AttributeError, TypeError, KeyError) as error:
            reason = str(error) if isinstance(error, Unusable) else "is not built as expected"
            skipped[_name_of(node, position)] = reason
    return items, skipped


def _name_of(node: Any, position: int) -> str:
    try:
        return number(node.get("id"))
    except (Unusable, AttributeError):
        return f"?{position}"


def how_for(
    store: ShopifyStore,
    *,
    today: date,
    cause: str = "data",
    import_id: int | None = None,
    lines_complete: bool = False,
    numbers_later: bool = False,
) -> Ingest:
    """Return how records of the store are to be taken."""
    source = DataSource.objects.filter(key=store.source).first()
    return Ingest(
        source=store.source,
        today=today,
        import_id=import_id,
        cause=cause,
        shares_people=source is None or source.shares_people,
        told=frozenset({"discount_total", "total"}),
        lines_complete=lines_complete,
        numbers_later=numbers_later,
    )


def land(items: Sequence[Item], *, how: Ingest) -> Landed:
    """Write `items` inside the caller's transaction; find poison by halves and leave it out."""
    if not items:
        return Landed()
    try:
        with transaction.atomic():
            applied = ingest((record for item in items for record in item.records), how=how)
    except (DataError, psycopg.DataError):
        if len(items) == 1:
            return Landed(skipped={items[0].external_id: "is too large for the database"})
        middle = len(items) // 2
        first, second = land(items[:middle], how=how), land(items[middle:], how=how)
        return Landed(
            first.taken + second.taken,
            first.applied + second.applied,
            first.skipped | second.skipped,
            first.taken_ids + second.taken_ids,
        )
    return Landed(len(items), applied, taken_ids=[item.external_id for item in items])


def keep_skipped(store: ShopifyStore, *, resource: str, landed: Landed, at: datetime) -> None:
    """Note what was left out and forget what has been taken since."""
    rows = SkippedRecord.objects.filter(source=store.source, resource=resource)
    if landed.taken_ids and rows.exists():
        rows.filter(external_id__in=landed.taken_ids).delete()
    if not landed.skipped:
        return
    known = set(rows.filter(external_id__in=landed.skipped).values_list("external_id", flat=True))
    rows.filter(external_id__in=known).update(attempts=F("attempts") + 1, last_seen_at=at)
    room = max(0, KEPT_SKIPPED - rows.count())
    new = [(key, why) for key, why in landed.skipped.items() if key not in known][:room]
    SkippedRecord.objects.bulk_create(
        SkippedRecord(
            source=store.source,
            resource=resource,
            external_id=external_id,
            reason=reason[:300],
            first_seen_at=at,
            last_seen_at=at,
        )
        for external_id, reason in new
    )
