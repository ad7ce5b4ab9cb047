"""Two customers became one: the uses of codes follow, and go back when they part."""

from typing import Any

from django.db.backends.utils import CursorWrapper

from commerce.merging import MERGE_PARTS, MergePart
from segments.models import Redemption


def _move(cursor: CursorWrapper, survivor: int, absorbed: int) -> list[int]:
    rows = Redemption.objects.filter(customer=absorbed)
    ids = list(rows.values_list("pk", flat=True))
    rows.update(customer=survivor)
    return ids


def _restore(cursor: CursorWrapper, survivor: int, absorbed: int, moved: Any) -> None:
    Redemption.objects.filter(pk__in=moved, customer=survivor).update(customer=absorbed)


MERGE_PARTS.register(MergePart("redemptions", "Promo codes used", _move, _restore))
