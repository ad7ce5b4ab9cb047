"""Segments, changes and triggers for the tests of actions."""

from datetime import UTC, datetime, timedelta

from segments.actions.triggers import save_trigger
from segments.models import MembershipChange, Segment, Trigger
from tests.commerce.factories import CustomerFactory

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)  # Wednesday, 13:00 in London
RULES = {"field": "total_orders", "operator": "gte", "value": 2}
BEFORE = NOW - timedelta(days=1)


def make_segment(name="Champions", **values) -> Segment:
    defaults = {"kind": "rules", "rules": RULES}
    return Segment.objects.create(name=name, slug=name.lower(), **defaults | values)


def enter(segment, *customers, at=NOW, cause="data", entered=True) -> list[MembershipChange]:
    """Write change rows as one run would."""
    people = customers or (CustomerFactory(),)
    return [
        MembershipChange.objects.create(
            segment=segment, customer=one, entered=entered, cause=cause, at=at
        )
        for one in people
    ]


def make_trigger(segment=None, *, kind="inbox_task", options=None, **values) -> Trigger:
    """Save a trigger that has listened since yesterday."""
    defaults = {"name": "Tell us", "on": "entered", "segment": segment}
    trigger = Trigger(kind=kind, **defaults | values)
    return save_trigger(trigger, options=options or {}, by=None, at=BEFORE)
