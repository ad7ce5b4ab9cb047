"""What the API says of promo codes: one shape each."""

from collections.abc import Collection
from typing import Any

from rest_framework import serializers

from segments.models import PromoCode, PromoSegment, Redemption, Segment
from segments.promotions.drafts import draft_of
from segments.promotions.stages import STAGES, stage_of
from tenants.schema import connection
from tenants.web.answers import MoneyField


class NamedSegmentShape(serializers.Serializer[Segment]):
    """A segment that a code names."""

    id = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Segment.Kind.choices)
    state = serializers.ChoiceField(choices=Segment.State.choices)
    members_count = serializers.IntegerField()


class PromoShape(serializers.Serializer[PromoCode]):
    """A promo code."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    description = serializers.CharField()
    discount = serializers.ChoiceField(choices=PromoCode.Discount.choices)
    value = serializers.CharField(allow_null=True, help_text="percent, or money; none for shipping")
    include = NamedSegmentShape(many=True)
    exclude = NamedSegmentShape(many=True)
    match = serializers.ChoiceField(choices=PromoCode.Match.choices)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    most_total = serializers.IntegerField(allow_null=True)
    most_each = serializers.IntegerField(allow_null=True)
    unknown = serializers.ChoiceField(choices=PromoCode.Unknown.choices)
    state = serializers.ChoiceField(choices=PromoCode.State.choices)
    stage = serializers.ChoiceField(choices=[(key, words) for key, (words, _) in STAGES.items()])
    currency = serializers.CharField()
    redeemed_count = serializers.IntegerField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


class RedemptionShape(serializers.Serializer[Redemption]):
    """One use of a code."""

    key = serializers.CharField()
    customer = serializers.IntegerField(source="customer_id", allow_null=True)
    order = serializers.CharField()
    amount = MoneyField(allow_null=True)
    redeemed_at = serializers.DateTimeField()
    cancelled_at = serializers.DateTimeField(allow_null=True)


class PromoVersionShape(serializers.Serializer[Any]):
    """One save of a code."""

    number = serializers.IntegerField()
    saved_at = serializers.DateTimeField()
    author = serializers.CharField(allow_null=True)
    difference = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
    definition = serializers.JSONField()


def promo_json(row: PromoCode, *, at: Any) -> dict[str, Any]:
    """Return a code as it is answered; its `sides` are read with their segments."""
    sides = list(row.sides.all())
    told = draft_of(row, sides).as_json()
    return {
        "id": row.pk,
        **told,
        "include": _named(sides, PromoSegment.Side.INCLUDE),
        "exclude": _named(sides, PromoSegment.Side.EXCLUDE),
        "stage": stage_of(row, at=at),
        "currency": connection.tenant.currency,
        "redeemed_count": row.redeemed_count,
        "version": row.version,
        "created_at": row.created_at,
        "changed_at": row.changed_at,
    }


def _named(sides: Collection[PromoSegment], side: str) -> Any:
    rows: Any = sorted((one.segment for one in sides if one.side == side), key=lambda row: row.pk)
    return NamedSegmentShape(rows, many=True).data
