"""Narrowing the samples: what the page, the export and the API may ask for."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from commerce import search
from commerce.text import fold
from samples.models import SampleOrder
from tenants.schema import connection


def narrow(asked: Mapping[str, Any], *, sees_contact: bool) -> QuerySet[SampleOrder]:
    """Return the samples that `asked` (kind, state, creator, placed_from, placed_to, q) describes.

    `creator`: "linked", "nobody" or an id. Without the right to see contact details only order
    numbers are searched: an answer would tell who somebody is.
    """
    rows = SampleOrder.objects.all()
    # Moments, not days: the newest-first indexes then serve the range and the order at once.
    conditions = {
        "kind": asked.get("kind"),
        "state": asked.get("state"),
        "placed_at__gte": _midnight(asked.get("placed_from")),
        "placed_at__lt": _midnight(asked.get("placed_to"), days=1),
    }
    rows = rows.filter(**{name: value for name, value in conditions.items() if value})
    creator = asked.get("creator")
    if creator in ("linked", "nobody"):
        rows = rows.filter(creator__isnull=creator == "nobody")
    elif creator:
        rows = rows.filter(creator_id=creator)
    if asked.get("q"):
        rows = rows.filter(pk__in=_matching(asked["q"], sees_contact=sees_contact))
    return rows


def _matching(text: str, *, sees_contact: bool) -> list[int]:
    """Return the orders of samples by number, customer or guest's e-mail: one index each."""
    every = SampleOrder.objects.all()
    parts = [every.filter(search.numbered(text, path="order__"))]
    if sees_contact:
        guests = every.filter(customer=None, order__email_key__startswith=fold(text))
        people = search.people_called(text)
        parts += [guests] if fold(text) else []
        parts += [every.filter(customer__in=people)] if people else []
    found: dict[int, None] = {}
    for part in parts:
        found |= dict.fromkeys(part.values_list("pk", flat=True)[: search.CANDIDATES])
    return list(found)


def _midnight(day: date | None, *, days: int = 0) -> datetime | None:
    """Return when `day` plus `days` begins in the merchant's zone."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days), time.min, connection.tenant.zone)
