"""Samples when two customers become one."""

from typing import Any

from django.db.backends.utils import CursorWrapper


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
