"""`segments/` and `segments/{id}/`: list, make, read, change, delete."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from segments.admin.builder_saving import LONGEST_DESCRIPTION, latest_version
from segments.api.definition import WITHHELD, described, names_people
from segments.api.finding import segment_of
from segments.api.refusals import refuse_contact, rules_at
from segments.api.shapes import SegmentShape
from segments.definitions import save_segment
from segments.models import Segment
from segments.rates import set_rate
from segments.rules.errors import RuleError
from segments.states import CHOSEN, set_state
from segments.usages import DELETABLE, delete_segment
from tenants.web.bodies import Body, read_body
from tenants.web.callers import person_of
from tenants.web.problems import Fault, Problem, Refusal, invalid
from tenants.web.scopes import sees_contact
from tenants.web.views import ApiView

LONGEST_SEARCH = 120


class NewSegment(Body):
    """A rule segment to be made."""

    name = serializers.CharField(max_length=120)
    rules = serializers.JSONField()
    description = serializers.CharField(
        max_length=LONGEST_DESCRIPTION, required=False, allow_blank=True
    )
    sync_to_klaviyo = serializers.JSONField(
        required=False, allow_null=True, help_text="true, or a list and a direction"
    )

    def validate_sync_to_klaviyo(self, value: Any) -> Any:
        """Refuse what nobody can do yet, before anything is made."""
        if value not in (None, False):
            raise serializers.ValidationError(
                "Klaviyo is not connected. Leave this out, and connect Klaviyo first."
            )
        return value


class SegmentChange(Body):
    """What of a rule segment is to be different."""

    name = serializers.CharField(max_length=120, required=False)
    rules = serializers.JSONField(required=False)
    description = serializers.CharField(
        max_length=LONGEST_DESCRIPTION, required=False, allow_blank=True
    )
    refresh_rate = serializers.ChoiceField(choices=Segment.Rate.choices, required=False)
    state = serializers.ChoiceField(choices=[(key, key) for key in CHOSEN], required=False)
    version = serializers.IntegerField(
        required=False, help_text="refuse the change if a newer version was saved meanwhile"
    )


class SegmentList(ApiView):
    """All kinds of segments, oldest first; a new rule segment."""

    scopes = {"GET": ("segments:read",), "POST": ("segments:write",)}
    more_with = ("customers:contact", "segments:sensitive")
    serializer_class = SegmentShape

    def get(self, request: Request) -> Response:
        """List segments; `?kind=`, `?state=` and `?search=` narrow the list."""
        return self.page(_narrowed(request), lambda row: SegmentShape(row).data)

    def post(self, request: Request) -> Response:
        """Make a rule segment; its members are counted in the background."""
        sent = read_body(NewSegment, request)
        with rules_at("rules", sent["rules"]):
            refuse_contact(sent["rules"], request, under="rules")
            segment = save_segment(
                name=sent["name"],
                rules=sent["rules"],
                description=sent.get("description", "").strip(),
                by=person_of(request),
                asker=request.user,
            )
        return Response(
            described(segment, sees=sees_contact(request), asker=request.user), status=201
        )


class SegmentOne(ApiView):
    """One segment, by id or slug."""

    scopes = {
        "GET": ("segments:read",),
        "PATCH": ("segments:write",),
        "DELETE": ("segments:write",),
    }
    more_with = ("customers:contact", "segments:sensitive")
    serializer_class = SegmentShape

    def get(self, request: Request, segment: str) -> Response:
        """Read a segment with its rule."""
        return Response(
            described(segment_of(segment), sees=sees_contact(request), asker=request.user)
        )

    @transaction.atomic
    def patch(self, request: Request, segment: str) -> Response:
        """Change name, rule or description (a new version), its state, or how often it counts."""
        row = Segment.objects.select_for_update().get(pk=segment_of(segment).pk)
        sent = read_body(SegmentChange, request)
        _check_changeable(row, sent, request)
        if "state" in sent and sent["state"] != row.state:
            _move(row, sent["state"], request)
        if "refresh_rate" in sent:
            set_rate(row, sent["refresh_rate"], by=person_of(request))
        if not sent.keys() & {"name", "rules", "description"}:
            return Response(described(row, sees=sees_contact(request), asker=request.user))
        rules = sent.get("rules", row.rules)
        with rules_at("rules", rules):
            refuse_contact(rules, request, under="rules")
            row = save_segment(
                name=sent.get("name", row.name),
                rules=rules,
                description=sent.get("description", row.description).strip(),
                by=person_of(request),
                asker=request.user,
                segment=row,
                is_draft=row.state == Segment.State.DRAFT,
            )
        return Response(described(row, sees=sees_contact(request), asker=request.user))

    def delete(self, request: Request, segment: str) -> Response:
        """Delete a segment that nothing uses."""
        row = segment_of(segment)
        if row.kind not in DELETABLE:
            words = f"{row.get_kind_display()} segments come and go with their source."
            raise Refusal(Problem(409, words))
        delete_segment(row, by=request.user)
        return Response(status=204)


def _move(row: Segment, state: str, request: Request) -> None:
    try:
        set_state(row, state, by=request.user)
    except RuleError as error:
        raise Refusal(Problem(409, error.message, [Fault(error.message, ("state",))])) from None


def _check_changeable(row: Segment, sent: dict[str, Any], request: Request) -> None:
    """Raise Refusal for what cannot be changed here, now, or by this caller."""
    if sent.keys() == {"state"}:
        return
    if row.kind != Segment.Kind.RULES:
        raise Refusal(Problem(409, "Only segments made of rules can be changed here."))
    if row.state == Segment.State.ARCHIVED and sent.get("state") in (None, row.state):
        raise Refusal(Problem(409, "This segment is archived. Bring it back first."))
    if "version" in sent and sent["version"] != latest_version(row):
        words = "This segment was saved by somebody else since. Read it again."
        raise Refusal(Problem(409, words, [Fault(words, ("version",))]))
    if names_people(row.rules) and not sees_contact(request):
        raise Refusal(Problem(403, WITHHELD))


def _narrowed(request: Request) -> QuerySet[Segment]:
    rows = Segment.objects.all()
    for name, known in (("kind", Segment.Kind.values), ("state", Segment.State.values)):
        if wanted := request.query_params.get(name, ""):
            if wanted not in known:
                words = f"{name} is one of {', '.join(known)}."
                raise Refusal(invalid(Fault(words, (name,))))
            rows = rows.filter(**{name: wanted})
    if search := request.query_params.get("search", ""):
        if len(search) > LONGEST_SEARCH or "\0" in search:
            words = f"search is a text of {LONGEST_SEARCH} characters at most."
            raise Refusal(invalid(Fault(words, ("search",))))
        rows = rows.filter(Q(name__icontains=search) | Q(slug__icontains=search))
    return rows
