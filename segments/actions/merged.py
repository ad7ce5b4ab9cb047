"""How often triggers reached somebody, when two customers become one and when they part again."""

from datetime import date
from typing import Any

from django.db.backends.utils import CursorWrapper

from commerce.merging import MERGE_PARTS, MergePart
from segments.models import LastContact


def _move(cursor: CursorWrapper, survivor: int, absorbed: int) -> dict[str, Any] | None:
    """Add the absorbed customer's contacts to the survivor's; theirs stay for a parting."""
    rows = LastContact.objects.in_bulk([survivor, absorbed])
    taken, own = rows.get(absorbed), rows.get(survivor)
    if taken is None:
        return None
    latest = max(taken.contacted_on, own.contacted_on) if own else taken.contacted_on
    count = taken.contacts_count + (own.contacts_count if own else 0)
    told = {"contacted_on": latest, "contacts_count": count}
    LastContact.objects.update_or_create(customer_id=survivor, defaults=told)
    return {"count": taken.contacts_count, "own": own.contacted_on.isoformat() if own else ""}


def _restore(cursor: CursorWrapper, survivor: int, absorbed: int, moved: Any) -> None:
    """Take from the survivor what was added; a message since then stays theirs."""
    if not moved:
        return
    row = LastContact.objects.filter(customer=survivor).first()
    taken = LastContact.objects.filter(customer=absorbed).first()
    if row is None:
        return
    row.contacts_count -= moved["count"]
    if row.contacts_count <= 0:
        row.delete()
        return
    if taken and moved["own"] and row.contacted_on == taken.contacted_on:
        row.contacted_on = date.fromisoformat(moved["own"])
    row.save()


MERGE_PARTS.register(MergePart("contacts", "Messages from triggers", _move, _restore))
