"""What the API says of segments, as serializers: one shape each."""

from typing import Any

from rest_framework import serializers

from segments.models import Segment
from tenants.web.answers import MoneyField


class SegmentShape(serializers.Serializer[Segment]):
    """A segment in a list."""

    id = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Segment.Kind.choices)
    key = serializers.CharField()
    state = serializers.ChoiceField(choices=Segment.State.choices)
    state_reason = serializers.CharField()
    description = serializers.CharField()
    members_count = serializers.IntegerField()
    refreshed_at = serializers.DateTimeField(allow_null=True)
    refresh_rate = serializers.ChoiceField(choices=Segment.Rate.choices)
    created_at = serializers.DateTimeField()


class MemberShape(serializers.Serializer[Any]):
    """A customer in a segment; contact details only for those who may see them."""

    id = serializers.IntegerField()
    customer_id = serializers.CharField(help_text="the id in the store's primary source")
    since = serializers.DateTimeField()
    orders = serializers.IntegerField(allow_null=True)
    spent = MoneyField(allow_null=True)
    last_order_on = serializers.DateField(allow_null=True)


class ContactShape(MemberShape):
    """A customer in a segment, for those who may see contact details."""

    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()


class RefreshShape(serializers.Serializer[Any]):
    """One computation of a segment's members."""

    at = serializers.DateTimeField()
    seconds = serializers.FloatField()
    members = serializers.IntegerField()
    entered = serializers.IntegerField()
    left = serializers.IntegerField()
    error = serializers.CharField()


class ChangeShape(serializers.Serializer[Any]):
    """A customer entered or left."""

    at = serializers.DateTimeField()
    customer = serializers.IntegerField(source="customer_id", allow_null=True)
    entered = serializers.BooleanField()
    cause = serializers.CharField()


class InSegmentShape(serializers.Serializer[Any]):
    """A segment that a customer is in."""

    id = serializers.IntegerField(source="segment.pk")
    slug = serializers.CharField(source="segment.slug")
    name = serializers.CharField(source="segment.name")
    kind = serializers.CharField(source="segment.kind")
    key = serializers.CharField(source="segment.key")
    state = serializers.CharField(source="segment.state")
    since = serializers.DateTimeField()
