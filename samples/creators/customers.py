"""Creators who are customers follow when two customers are made one."""

from typing import Any

from django.db.backends.utils import CursorWrapper

from commerce.merging import MERGE_PARTS, MergePart


def move(cursor: CursorWrapper, survivor: int, absorbed: int) -> list[int]:
    """Point the absorbed customer's creators to the survivor; return which."""
    cursor.execute(
        "UPDATE samples_creator SET customer_id = %s WHERE customer_id = %s RETURNING id",
        [survivor, absorbed],
    )
    return [pk for (pk,) in cursor.fetchall()]


def restore(cursor: CursorWrapper, survivor: int, absorbed: int, moved: Any) -> None:
    """Point them back, unless staff linked them to somebody else since."""
    cursor.execute(
        "UPDATE samples_creator SET customer_id = %s WHERE id = ANY(%s) AND customer_id = %s",
        [absorbed, moved, survivor],
    )


MERGE_PARTS.register(MergePart("creators", "Creators", move, restore))
