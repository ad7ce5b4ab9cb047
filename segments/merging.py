"""Who was chosen by hand stays chosen when two customers become one, and when they part again.

Ledgers stay where they are, so that past sizes do not change; memberships of rules and scores
follow by themselves, because both customers are marked.
"""

from datetime import datetime
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from psycopg import sql

from commerce import stale
from commerce.merging import MERGE_PARTS, MergePart
from commerce.models import Event
from segments.manual import settle
from segments.models import ManualMember, Membership, Segment
from segments.models.membership import Cause


def _move(cursor: CursorWrapper, survivor: int, absorbed: int) -> dict[str, Any]:
    """Re-point the absorbed customer's choices; the survivor's own stay."""
    was = ManualMember.objects.filter(customer=absorbed)
    both = set(ManualMember.objects.filter(customer=survivor).values_list("segment_id", flat=True))
    chosen: list[list[Any]] = [
        [row.segment_id, row.added_by_id, row.added_at.isoformat(), row.segment_id in both]
        for row in was
    ]
    members = Membership.objects.filter(customer=absorbed, segment__kind=Segment.Kind.MANUAL)
    moved = {
        "chosen": chosen,
        "members": list(members.values_list("segment_id", flat=True)),
    }
    was.filter(segment__in=both).delete()
    was.update(customer=survivor)
    _settle([row[0] for row in chosen])
    _mark_events(cursor, survivor, absorbed)
    return moved


def _restore(cursor: CursorWrapper, survivor: int, absorbed: int, moved: Any) -> None:
    """Give the absorbed customer their choices back, where the survivor still has them.

    What staff took out since stays out.
    """
    for segment, by, at, had_both in moved["chosen"]:
        kept = ManualMember.objects.filter(segment=segment, customer=survivor)
        if not kept.exists():
            continue
        if not had_both:
            kept.delete()
        ManualMember.objects.get_or_create(
            segment_id=segment,
            customer_id=absorbed,
            defaults={"added_by_id": by, "added_at": datetime.fromisoformat(at)},
        )
    for segment, *_ in moved["chosen"]:
        # They become a customer again later in this transaction.
        _settle([segment], also=[absorbed] if segment in moved["members"] else [])
    _mark_events(cursor, survivor, absorbed)


def _settle(segments: list[int], *, also: list[int] | None = None) -> None:
    for segment in Segment.objects.filter(pk__in=segments).order_by("pk"):
        settle(segment, at=timezone.now(), cause=Cause.MERGE, also=also or ())


def _mark_events(cursor: CursorWrapper, *customers: int) -> None:
    """Have the segments that read events look at both again."""
    both = sql.SQL("SELECT unnest({}::bigint[])").format(sql.Literal(list(customers)))
    names = Event.objects.filter(customer__in=customers).order_by().values_list("name", flat=True)
    for name in names.distinct():
        stale.mark(cursor, both, facts=f"event:{name}", cause="merge")


MERGE_PARTS.register(MergePart("chosen", "Chosen by hand", _move, _restore))
