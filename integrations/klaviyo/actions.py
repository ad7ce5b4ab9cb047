"""What Klaviyo adds to triggers: an event at the profile, which can start a flow there.

Events are sent a thousand at once. Each has the delivery's id, so that Klaviyo keeps one of two.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms

from commerce.models import Customer
from integrations.errors import PlatformError, ReconnectNeeded, Refused, TryLater
from integrations.klaviyo import people, tiers
from integrations.klaviyo.answers import Invalid
from integrations.klaviyo.audience import address_of, has_address
from integrations.klaviyo.client import KlaviyoClient
from integrations.klaviyo.opening import account_here, open_client
from integrations.models import KlaviyoAccount
from segments.actions.kinds.kind import KINDS, Kind, Options
from segments.actions.people import customers_of
from segments.models import Trigger
from segments.models.membership import Cause
from tenants import effects
from tenants.access.models import Effect
from tenants.effects import Outcome, Result
from tenants.schema import connection

PAGE = 1_000  # events of one request
NAMES = {
    Trigger.On.ENTERED: "Entered Segment",
    Trigger.On.LEFT: "Left Segment",
    Trigger.On.MOVED: "Score Moved",
}
STANDARD = "standard"
# What happened long ago, or to many at once by our own doing, is recorded and starts no flow.
PAST = frozenset({Cause.IMPORT, Cause.FIRST, Cause.DEFINITION, Cause.SCORE_DEFINITION})
Event = dict[str, Any]


class LookUpFailed(Exception):  # noqa: N818 - a state
    """Whom Klaviyo knows could not be learnt, so nobody's effect has ended."""

    def __init__(self, why: PlatformError) -> None:
        super().__init__(why.words)
        self.why = why


class EventOptions(Options):
    """Under which name the event goes."""

    metric = forms.ChoiceField(
        label="Metric at Klaviyo",
        choices=[(STANDARD, "“Entered Segment”, “Left Segment” or “Score Moved”, as it happens")],
        help_text="Make a flow that this metric starts, and filter it by the segment’s name.",
    )


class KlaviyoEvent(Kind):
    key, label, icon = "klaviyo_event", "Start a flow at Klaviyo", "campaign"
    help = "An event at each customer’s profile. A flow that begins with it does the rest."
    form = EventOptions
    contacts, goes_out, is_inside, page = True, True, False, PAGE

    def summary(self, options: dict[str, Any]) -> str:
        return "send an event to Klaviyo"

    def deliver(
        self, trigger: Trigger, effects_: Sequence[Effect], *, at: datetime
    ) -> Iterator[Result]:
        found = customers_of(effects_)
        gone = [effect for effect in effects_ if effect.pk not in found]
        nameless = [one for one in effects_ if one.pk in found and not has_address(found[one.pk])]
        for batch, reason in ((gone, "gone"), (nameless, "no_address")):
            if batch:
                yield batch, effects.left_out(reason)
        out = {effect.pk for effect in (*gone, *nameless)}
        there = [effect for effect in effects_ if effect.pk not in out]
        if there:
            yield from _deliver(trigger, there, found)


def _deliver(
    trigger: Trigger, there: Sequence[Effect], found: dict[int, Customer]
) -> Iterator[Result]:
    account = account_here()
    if account is None:
        yield there, effects.broken("Klaviyo is not connected. Paste a key on the Klaviyo page.")
        return
    try:
        with open_client(account) as client:
            known, unknown = _known(client, account, there, found)
            if unknown:
                yield unknown, effects.left_out("no_profile")
            if known:
                yield from _send(client, trigger, known, found)
    except LookUpFailed as error:
        yield there, outcome_of(error.why)
    except ReconnectNeeded as error:  # there is no key to open a client with
        yield there, effects.broken(error.words)


def _known(
    client: KlaviyoClient,
    account: KlaviyoAccount,
    there: Sequence[Effect],
    found: dict[int, Customer],
) -> tuple[list[Effect], list[Effect]]:
    """Part effects by whether Klaviyo has the profile, when no new one may be made."""
    if account.creates_profiles:
        return list(there), []
    asked = {found[one.pk].pk: address_of(found[one.pk]) for one in there}
    try:
        ids = people.look_up(client, asked)
    except PlatformError as error:
        raise LookUpFailed(error) from error
    known = [one for one in there if found[one.pk].pk in ids]
    return known, [one for one in there if found[one.pk].pk not in ids]


def _send(
    client: KlaviyoClient, trigger: Trigger, known: list[Effect], found: dict[int, Customer]
) -> Iterator[Result]:
    try:
        rows = [bulk_row(trigger, one, found[one.pk]) for one in known]
        data = {
            "type": "event-bulk-create-job",
            "attributes": {"events-bulk-create": {"data": rows}},
        }
        client.post("/api/event-bulk-create-jobs", tiers.EVENTS_BULK, {"data": data}, is_safe=True)
    except Invalid:
        # One that Klaviyo refuses, or has already, refuses all: by itself each ends as it should.
        for one in known:
            yield [one], _send_one(client, trigger, one, found[one.pk])
    except PlatformError as error:
        yield known, outcome_of(error)
    else:
        yield known, effects.done()


def _send_one(
    client: KlaviyoClient, trigger: Trigger, effect: Effect, customer: Customer
) -> Outcome:
    attributes = event_of(trigger, effect)
    attributes["profile"] = {"data": profile_of(customer)}
    body = {"data": {"type": "event", "attributes": attributes}}
    try:
        client.post("/api/events", tiers.EVENT, body, is_safe=True)
    except PlatformError as error:
        return outcome_of(error)
    return effects.done()


def bulk_row(trigger: Trigger, effect: Effect, customer: Customer) -> Event:
    """Return a profile with its event, as a bulk request takes it."""
    event = {"type": "event", "attributes": event_of(trigger, effect)}
    attributes = {"profile": {"data": profile_of(customer)}, "events": {"data": [event]}}
    return {"type": "event-bulk-create", "attributes": attributes}


def profile_of(customer: Customer) -> Event:
    """Return who an event is about: the address, and nothing that would change the profile."""
    return {"type": "profile", "attributes": address_of(customer)}


def event_of(trigger: Trigger, effect: Effect) -> Event:
    """Return what happened. `unique_id` is the same for every attempt."""
    facts = effect.payload
    told: dict[str, Any] = {"cause": facts["cause"], "trigger": trigger.name}
    if trigger.segment is not None:
        told |= {"segment_id": str(trigger.segment.pk), "segment_name": trigger.segment.name}
    else:
        told |= {name: facts.get(name, "") for name in ("model", "from", "to")}
    name = NAMES[Trigger.On(trigger.on)]
    event: Event = {
        "properties": told,
        "time": facts["at"],
        "unique_id": f"{connection.schema_name}:{effect.delivery}",
        "metric": {"data": {"type": "metric", "attributes": {"name": name}}},
    }
    if facts["cause"] in PAST:
        event["backfill"] = True
    return event


def outcome_of(error: PlatformError) -> Outcome:
    """Say what an error means for an effect."""
    if isinstance(error, TryLater):
        wait = None if error.seconds is None else timedelta(seconds=error.seconds)
        return effects.again(error.words, wait=wait)
    if isinstance(error, ReconnectNeeded):
        return effects.broken(error.words)
    if isinstance(error, Refused):
        return effects.refused(error.words)
    raise error


KINDS.register(KlaviyoEvent())
