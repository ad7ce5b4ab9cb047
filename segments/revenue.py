"""What the members of each segment have spent: added up on the page while that is quick."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import DecimalField, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from segments.models import Membership, Segment

QUICK = 200_000  # memberships that a page adds up itself: 0.2 s


@dataclass(frozen=True)
class Spent:
    """All-time spend of a segment's members, net of refunds, and when it was added up."""

    amount: Decimal
    at: datetime | None


def revenue_of(segments: Sequence[Segment]) -> dict[int, Spent]:
    """Return segment → what its members spent; of a large store what was added up last."""
    if sum(segment.members_count for segment in segments) > QUICK:
        return {
            row.pk: Spent(row.members_spent, row.spent_at)
            for row in segments
            if row.members_spent is not None
        }
    rows = Membership.objects.filter(segment__in=[segment.pk for segment in segments])
    sums = rows.order_by().values_list("segment_id").annotate(Sum("customer__metrics__spent"))
    found, now = dict(sums), timezone.now()
    return {row.pk: Spent(found.get(row.pk) or Decimal(0), now) for row in segments}


def keep_revenue(*, at: datetime) -> int:
    """Add up every segment and keep it; return how many there are."""
    members = Membership.objects.filter(segment=OuterRef("pk")).order_by().values("segment")
    spent = members.annotate(sum=Sum("customer__metrics__spent")).values("sum")
    money: DecimalField[Decimal, Decimal] = DecimalField(max_digits=18, decimal_places=4)
    total = Coalesce(Subquery(spent, output_field=money), Decimal(0), output_field=money)
    return Segment.objects.update(members_spent=total, spent_at=at)
