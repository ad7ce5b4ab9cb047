"""What the API's description says of segments, scores and who is in what."""

from typing import Any

from rest_framework import serializers

from commerce.api.described import SOURCE
from segments.api.counting import RulesBody, SegmentPreview, SegmentRefreshNow
from segments.api.customers import CustomerExplain, CustomerSegments
from segments.api.history import PARTS, SegmentHistory
from segments.api.language import SegmentCatalogue
from segments.api.members import SegmentMembers
from segments.api.rfm import CalculateBody, RfmCalculate, RfmFigures
from segments.api.segments import NewSegment, SegmentChange, SegmentList, SegmentOne
from segments.api.shapes import InSegmentShape, MemberShape, SegmentShape
from segments.models import Segment
from tenants.web.answers import MoneyField, RunShape
from tenants.web.telling import OBJECT, PAGING, page, query, shape, tell

RULE = {"field": "total_spent", "operator": "gte", "value": 100}


class DefinedShape(SegmentShape):
    """A segment with its rule, the rule in words, and when it is counted next."""

    version = serializers.IntegerField()
    rules = serializers.JSONField(allow_null=True)
    sentence = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)


class RfmShape(serializers.Serializer[Any]):
    """One RFM segment."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    segment_id = serializers.IntegerField(allow_null=True)
    customers = serializers.IntegerField()
    share = serializers.FloatField()
    total_spend = MoneyField()
    average_spend = MoneyField()
    average_orders = serializers.CharField()
    average_recency_days = serializers.CharField()


class PreviewShape(serializers.Serializer[Any]):
    """Who a rule finds; what did not fit into five seconds is null."""

    rules = serializers.JSONField()
    sentence = serializers.CharField()
    as_of = serializers.DateTimeField()
    timezone = serializers.CharField()
    currency = serializers.CharField()
    is_whole = serializers.BooleanField()
    slow = serializers.CharField()
    total = serializers.IntegerField(allow_null=True)
    base = serializers.IntegerField(allow_null=True)
    share = serializers.FloatField(allow_null=True)
    reachable = serializers.IntegerField(allow_null=True)
    revenue = MoneyField(allow_null=True)
    never_bought = serializers.IntegerField(allow_null=True)
    warnings = serializers.ListField()
    nodes = serializers.ListField(child=serializers.DictField())
    samples = serializers.ListField(child=serializers.DictField())


class ExplainShape(serializers.Serializer[Any]):
    """Why, condition by condition."""

    customer = serializers.IntegerField()
    segment = serializers.IntegerField()
    as_of = serializers.DateTimeField()
    holds = serializers.BooleanField(allow_null=True)
    is_member = serializers.BooleanField(allow_null=True)
    since = serializers.DateTimeField(allow_null=True)
    cause = serializers.CharField(allow_null=True)
    sentence = serializers.CharField()
    outlook = serializers.CharField()
    changes_on = serializers.DateField(allow_null=True)
    at_latest = serializers.BooleanField()
    untold = serializers.ListField()
    held_out = serializers.CharField()
    rules = serializers.JSONField(allow_null=True)


class MemberOrContactShape(MemberShape):
    """A customer in a segment; names and addresses only with `customers:contact`."""

    first_name = serializers.CharField(required=False)
    last_name = serializers.CharField(required=False)
    email = serializers.CharField(required=False)
    phone = serializers.CharField(required=False)


class HistoryShape(serializers.Serializer[Any]):
    """One entry of a history: a count (`at`, `members` …), a version, or a change."""

    at = serializers.DateTimeField(required=False)
    seconds = serializers.FloatField(required=False)
    members = serializers.IntegerField(required=False)
    entered = serializers.JSONField(required=False, help_text="a number, or whether one entered")
    left = serializers.IntegerField(required=False)
    error = serializers.CharField(required=False)
    customer = serializers.IntegerField(required=False, allow_null=True)
    cause = serializers.CharField(required=False)
    number = serializers.IntegerField(required=False)
    name = serializers.CharField(required=False)
    saved_at = serializers.DateTimeField(required=False)
    author = serializers.CharField(required=False, allow_null=True)
    difference = serializers.ListField(required=False, allow_null=True)  # type: ignore[assignment]
    rules = serializers.JSONField(required=False, allow_null=True)


RUN = shape("Queued", run=RunShape())
RFM_RESULT = {
    "customers_scored": serializers.IntegerField(),
    "as_of": serializers.DateField(allow_null=True),
    "distribution": serializers.DictField(child=serializers.IntegerField()),
}

tell(
    SegmentList,
    "GET",
    page(SegmentShape),
    parameters=[
        *PAGING,
        query("kind", "of segment", enum=Segment.Kind.values),
        query("state", "of segment", enum=Segment.State.values),
        query("search", "in name and slug"),
    ],
)
tell(
    SegmentList,
    "POST",
    DefinedShape,
    status=201,
    request=NewSegment,
    example={"name": "Big spenders", "rules": RULE},
)
tell(SegmentOne, "GET", DefinedShape)
tell(
    SegmentOne,
    "PATCH",
    DefinedShape,
    request=SegmentChange,
    example={"description": "Everybody who spent a hundred or more."},
)
tell(SegmentOne, "DELETE", None, status=204)
tell(
    SegmentMembers,
    "GET",
    page(
        MemberOrContactShape,
        total=serializers.IntegerField(),
        as_of=serializers.DateTimeField(allow_null=True),
        currency=serializers.CharField(),
    ),
    parameters=[*PAGING, query("offset", "up to 10,000, in the place of a cursor", type_=int)],
)
tell(SegmentRefreshNow, "POST", RUN, status=202)
tell(
    SegmentHistory,
    "GET",
    page(HistoryShape),
    parameters=[*PAGING, query("of", "which part", enum=PARTS)],
)
tell(
    SegmentPreview,
    "POST",
    PreviewShape,
    request=RulesBody,
    example={"rules": {**RULE, "id": "a"}},
    errors=[503],
)
tell(SegmentCatalogue, "GET", OBJECT)
tell(
    RfmFigures,
    "GET",
    shape(
        "RfmFigures",
        currency=serializers.CharField(),
        as_of=serializers.DateField(allow_null=True),
        customers_scored=serializers.IntegerField(),
        segments=RfmShape(many=True),
    ),
)
tell(
    RfmCalculate,
    "POST",
    shape("RfmResult", **RFM_RESULT),
    more={202: shape("RfmQueued", run=RunShape(), **RFM_RESULT)},
    request=CalculateBody,
    example={"full": True},
)
tell(
    CustomerSegments,
    "GET",
    shape(
        "CustomerSegments", customer=serializers.IntegerField(), segments=InSegmentShape(many=True)
    ),
    parameters=[SOURCE],
)
tell(
    CustomerExplain,
    "GET",
    ExplainShape,
    parameters=[query("segment", "its id or slug"), SOURCE],
    errors=[503],
)
