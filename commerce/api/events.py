"""`events/`: what customers did, one event or up to a thousand."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from commerce.event_intake import MOST, source_of, take
from commerce.event_reading import Rejected, read_event
from commerce.ingest import EventRecord
from tenants.web.problems import Fault, Refusal, invalid
from tenants.web.views import ApiView

MAX_BYTES = 2 * 1024 * 1024


class IntakeShape(serializers.Serializer[Any]):
    """What became of a batch."""

    accepted = serializers.IntegerField()
    new = serializers.IntegerField()
    errors = serializers.ListField(child=serializers.JSONField())  # type: ignore[assignment]


class EventIntake(ApiView):
    """Events of customers, idempotent by their ids."""

    scopes = {"POST": ("events:write",)}
    max_bytes = MAX_BYTES
    serializer_class = IntakeShape

    def post(self, request: Request) -> Response:
        """Take events; bad ones are told with their place, the good ones are kept."""
        sent, is_one, source = _batch(request.data)
        at = timezone.now()
        good: list[EventRecord] = []
        faults: list[Fault] = []
        for place, event in enumerate(sent):
            try:
                good.append(read_event(event, at=at))
            except Rejected as error:
                path = error.path if is_one else ("events", place, *error.path)
                faults.append(Fault(error.words, path))
        if not good:
            raise Refusal(invalid(*faults))
        new = take(good, source=source, at=at)
        errors = [{"path": list(fault.path), "message": fault.message} for fault in faults]
        return Response({"accepted": len(good), "new": new, "errors": errors})


def _batch(data: Any) -> tuple[list[Any], bool, str]:
    """Return the events, whether it is a single one, and whose customer ids they name."""
    if not isinstance(data, dict):
        raise Refusal(invalid(Fault("Send an event, or {“events”: […]}.")))
    if "events" not in data:
        event = {key: value for key, value in data.items() if key != "source"}
        return [event], True, _source(data)
    unknown = sorted(str(key) for key in data.keys() - {"events", "source"})
    if unknown:
        raise Refusal(
            invalid(
                *(Fault("This is not known here. Check the spelling.", (key,)) for key in unknown)
            )
        )
    events = data["events"]
    if not isinstance(events, list) or not 1 <= len(events) <= MOST:
        words = f"events is a list of 1 to {MOST:,} events."
        raise Refusal(invalid(Fault(words, ("events",))))
    return events, False, _source(data)


def _source(data: dict[str, Any]) -> str:
    named = data.get("source")
    source = source_of(named) if named is None or isinstance(named, str) else None
    if source is None:
        words = "No source of this shop has this key. Leave it out for the shop's own."
        raise Refusal(invalid(Fault(words, ("source",))))
    return source
