"""What the API's description says of this floor's addresses."""

from typing import Any

from rest_framework import serializers

from samples.api.listing import SampleList
from samples.api.settings import SampleSettingsView
from samples.api.stats import SampleStats
from samples.models import SampleOrder
from tenants.web.answers import MoneyField, RunShape
from tenants.web.telling import OBJECT, PAGING, page, query, shape, tell


class SampleShape(serializers.Serializer[Any]):
    """A sample order."""

    order_id = serializers.IntegerField()
    number = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    external_id = serializers.CharField()
    type = serializers.ChoiceField(choices=SampleOrder.Kind.choices)
    found_by = serializers.CharField()
    matched = serializers.CharField()
    status = serializers.ChoiceField(choices=SampleOrder.State.choices)
    fulfillment_status = serializers.CharField()
    placed_at = serializers.DateTimeField()
    placed_on = serializers.DateField()
    fulfilled_on = serializers.DateField(allow_null=True)
    items_count = serializers.CharField()
    total = MoneyField()
    currency = serializers.CharField()
    cost_of_goods = MoneyField(allow_null=True)
    customer = serializers.DictField()
    creator = serializers.DictField(allow_null=True)
    shopify_url = serializers.CharField(allow_null=True)


class PeriodShape(serializers.Serializer[Any]):
    """One type of samples in one week or month; `from` is its first day."""

    type = serializers.CharField()
    sent = serializers.IntegerField()
    fulfilled = serializers.IntegerField()
    days_to_fulfil = serializers.FloatField(allow_null=True)
    days_known_of = serializers.IntegerField()
    posted = serializers.IntegerField()
    posted_rate = serializers.FloatField(allow_null=True)
    pending_too_long = serializers.IntegerField()


def _settings(name: str, **more: Any) -> Any:
    words = serializers.ListField(child=serializers.CharField())
    return shape(
        name,
        ugc_tags=words,
        tiktok_tags=words,
        channel_patterns=words,
        is_applied=serializers.BooleanField(),
        applied_at=serializers.DateTimeField(allow_null=True),
        **more,
    )


tell(
    SampleList,
    "GET",
    page(SampleShape),
    parameters=[
        *PAGING,
        query("type", "ugc or tiktok", enum=SampleOrder.Kind.values),
        query("status", "where the parcel is", enum=SampleOrder.State.values),
        query("creator", "an id, `linked` or `nobody`"),
        query("placed_from", "ordered from this day"),
        query("placed_to", "ordered until this day"),
        query("q", "number, name or address"),
    ],
    errors=[503],
)
tell(
    SampleStats,
    "GET",
    shape(
        "SampleStats",
        as_of=serializers.DateField(),
        currency=serializers.CharField(),
        total=serializers.IntegerField(),
        ugc=serializers.IntegerField(),
        tiktok=serializers.IntegerField(),
        pending=serializers.IntegerField(),
        cancelled=serializers.IntegerField(),
        cost_of_goods=MoneyField(allow_null=True),
        by=serializers.ChoiceField(choices=["week", "month"]),
        pending_too_long_after_days=serializers.IntegerField(),
        periods=PeriodShape(many=True),
    ),
    parameters=[
        query("by", "week or month", enum=["week", "month"]),
        query("periods", "how many", type_=int),
    ],
)
tell(SampleSettingsView, "GET", _settings("SampleSettings"))
tell(
    SampleSettingsView,
    "PATCH",
    _settings("SampleSettingsChanged", run=RunShape(allow_null=True)),
    request=OBJECT,
    example={"ugc_tags": ["gift", "ugc"]},
)
