"""A segment's state: draft, active, archived, and what each of the moves asks for."""

from django.db import transaction
from django.utils import timezone

from segments.catalogue import StoreCatalogue
from segments.definitions import REFRESH
from segments.following import with_readers
from segments.manual import settle
from segments.models import Segment
from segments.models.membership import Cause
from segments.rules.errors import RuleError
from segments.rules.parse import parse
from segments.usages import DELETABLE
from tenants import audit, jobs

State = Segment.State
CHOSEN = (State.DRAFT, State.ACTIVE, State.ARCHIVED)  # the fourth is set by what goes wrong


@transaction.atomic
def set_state(segment: Segment, state: str, *, by: audit.Actor) -> None:
    """Make a segment a draft, active or archived; an active one is counted again.

    Raises RuleError, in words, for a rule that cannot be read any more, for a segment that others
    read, and for one that comes and goes with its source.
    """
    if segment.kind not in DELETABLE:
        raise RuleError(f"{segment.get_kind_display()} segments come and go with their source.")
    if state == State.ACTIVE and segment.rules is not None:
        parse(segment.rules, StoreCatalogue())
    if state != State.ACTIVE:
        _refuse_if_read(segment)
    segment.state, segment.state_reason = state, ""
    segment.save(update_fields=["state", "state_reason"])
    audit.record(by, "segment", segment, state=state)
    if state != State.ACTIVE:
        return
    if segment.kind == Segment.Kind.MANUAL:
        settle(segment, at=timezone.now(), cause=Cause.MANUAL)
    else:
        jobs.start(REFRESH, params={"segments": [segment.pk], "cause": Cause.DEFINITION})


def _refuse_if_read(segment: Segment) -> None:
    readers = [row.name for row in with_readers([segment]) if row.pk != segment.pk]
    if readers:
        names = ", ".join(f"“{name}”" for name in readers[:5])
        raise RuleError(f"Other segments read this one: {names}. Change them first.")
