"""`integrations/klaviyo/…`: lists at Klaviyo, which segments they are in step with, syncing now."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.klaviyo import jobs as klaviyo_jobs
from integrations.klaviyo import links
from integrations.models import KlaviyoList
from segments.models import Segment
from tenants.web.answers import RunShape
from tenants.web.bodies import Body, read_body
from tenants.web.callers import person_of
from tenants.web.problems import Fault, Refusal, invalid
from tenants.web.views import ApiView

READ, WRITE = ("segments:read",), ("segments:write",)


class ListShape(serializers.Serializer[Any]):
    """A list at Klaviyo."""

    id = serializers.CharField()
    name = serializers.CharField()


class LinkShape(serializers.Serializer[KlaviyoList]):
    """A segment and the list it is kept in step with."""

    id = serializers.IntegerField()
    list_id = serializers.CharField()
    name = serializers.CharField()
    segment = serializers.CharField(source="segment.slug")
    direction = serializers.CharField()
    policy = serializers.CharField()
    subscribed_only = serializers.BooleanField()
    state = serializers.CharField()
    state_note = serializers.CharField()
    members = serializers.IntegerField(source="their_count")
    synced_at = serializers.DateTimeField()


class NewLink(Body):
    """What keeping a list in step asks for: a list's id, or the name of a new one."""

    segment = serializers.SlugField(max_length=80)
    list_id = serializers.CharField(max_length=32, required=False, default="")
    new_list = serializers.CharField(max_length=255, required=False, default="")
    direction = serializers.ChoiceField(
        KlaviyoList.Direction.choices, required=False, default=KlaviyoList.Direction.PUSH
    )
    policy = serializers.ChoiceField(
        KlaviyoList.Policy.choices, required=False, allow_blank=True, default=""
    )
    subscribed_only = serializers.BooleanField(required=False, default=False)
    # Begin without the look that shows whom it would add and which flows would start.
    begin = serializers.BooleanField(required=False, default=False)


class WhichLists(Body):
    """One list by our id, or all of a segment."""

    list = serializers.IntegerField(required=False)
    segment = serializers.SlugField(max_length=80, required=False)


class Lists(ApiView):
    """The account's lists."""

    scopes = {"GET": READ}
    serializer_class = ListShape

    def get(self, request: Request) -> Response:
        """Ask Klaviyo for the lists of the account."""
        return Response({"results": ListShape(links.lists_there(), many=True).data})


class Config(ApiView):
    """Which lists are kept in step with which segments."""

    scopes = {"GET": READ, "POST": WRITE}
    serializer_class = LinkShape

    def get(self, request: Request) -> Response:
        """List them."""
        rows = KlaviyoList.objects.select_related("segment")
        return Response({"results": [LinkShape(row).data for row in rows]})

    def post(self, request: Request) -> Response:
        """Keep a segment and a list in step; it begins once somebody has looked, or at once."""
        told = read_body(NewLink, request)
        if bool(told["list_id"]) == bool(told["new_list"]):
            raise Refusal(invalid(Fault("Give list_id or new_list, one of them.", ("list_id",))))
        by, begin = person_of(request), told.pop("begin")
        segment = _segment(told.pop("segment"))
        link = links.make_link(segment, by=by, **told)
        if begin:
            links.begin(link, by=by)
        return Response(LinkShape(link).data, status=201)


class SyncNow(ApiView):
    """Syncing lists without waiting for the half hour."""

    scopes = {"POST": WRITE}
    serializer_class = RunShape

    def post(self, request: Request) -> Response:
        """Queue a sync of one list, or of all lists of a segment."""
        told = read_body(WhichLists, request)
        rows = KlaviyoList.objects.filter(state=KlaviyoList.State.ACTIVE)
        if "list" in told:
            rows = rows.filter(pk=told["list"])
        elif "segment" in told:
            rows = rows.filter(segment=_segment(told["segment"]))
        else:
            raise Refusal(invalid(Fault("Name a list or a segment.", ("list",))))
        links.connected()
        runs = [klaviyo_jobs.start_sync(row) for row in rows]
        if not runs:
            raise Refusal(invalid(Fault("No such list is kept in step.", ("list",))))
        return Response({"runs": [RunShape(run).data for run in runs]}, status=202)


def _segment(slug: str) -> Segment:
    row = Segment.objects.filter(slug=slug).first()
    if row is None:
        raise Refusal(invalid(Fault("There is no segment of this slug.", ("segment",))))
    return row
