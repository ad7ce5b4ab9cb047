"""Samples when two customers become one, and when the merchant's calendar moves."""

from typing import Any

from django.db.backends.utils import CursorWrapper

from samples.history import CLASSIFY
from samples.models import SampleOrder
from tenants import impacts, jobs


def move(cursor: CursorWrapper, survivor: int, absorbed: int) -> list[int]:
    """Give the samples of `absorbed` to `survivor`; return whose orders they are of."""
    cursor.execute(
        "UPDATE samples_sampleorder SET customer_id = %s WHERE customer_id = %s RETURNING order_id",
        [survivor, absorbed],
    )
    return [order for (order,) in cursor.fetchall()]


def restore(cursor: CursorWrapper, survivor: int, absorbed: int, moved: Any) -> None:
    """Give back what `move` took."""
    cursor.execute(
        "UPDATE samples_sampleorder SET customer_id = %s"
        " WHERE order_id = ANY(%s) AND customer_id = %s",
        [absorbed, moved, survivor],
    )


def preview_zone(change: impacts.Change) -> str:
    """Say that samples move to other days with their orders."""
    if not change.is_zone_changed or not SampleOrder.objects.exists():
        return ""
    return "Samples move to the new calendar's days."


def apply_zone(change: impacts.Change) -> None:
    """Classify everything again: a sample's day is read from its moment."""
    jobs.start(CLASSIFY)
