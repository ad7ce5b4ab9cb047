"""Making, changing, switching and deleting triggers, and whom one would touch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from segments.actions import finding_words, signing
from segments.actions.dispatching import count_decisions
from segments.actions.kinds import KINDS
from segments.contacting import count_never_contacted
from segments.models import Membership, Segment, Trigger
from segments.models.membership import Cause
from tenants import audit, effect_targets, effects
from tenants.access.models import Effect

OVERLAP = timedelta(days=2)  # two secrets are good for so long after a change
MONTH = timedelta(days=30)
# What may act when asked; a first computation has no change rows, and erasure is nobody's news.
ASKABLE = tuple(
    cause
    for cause in Cause
    if cause not in ("data", "time", "score", "platform", "first", "erasure")
)


@transaction.atomic
def save_trigger(
    trigger: Trigger, *, options: Mapping[str, Any], by: audit.Actor, at: datetime
) -> Trigger:
    """Keep a trigger whose own fields are set; raise ValidationError by box.

    `options` is what its kind asks for, as the kind's form takes it. A change of what it watches
    begins anew: what happened before is not its business.
    """
    kind = KINDS.get(trigger.kind)
    if kind is None:
        raise ValidationError({"kind": "Choose what is to be done."})
    form = kind.form(options)
    faults = check(trigger)
    if not form.is_valid():
        faults |= {name: [str(word) for word in words] for name, words in form.errors.items()}
    if faults:
        raise ValidationError(faults)
    trigger.options = form.as_options()
    if trigger.on == Trigger.On.FOUND and kind.is_contact(trigger.options):
        words = "Samples go to creators: contact rules hold for customers alone. Untick this."
        raise ValidationError({"writes_to_customers": words})
    if kind.is_signed and not trigger.secret:
        trigger.secret = signing.new_secret()
    before = Trigger.objects.filter(pk=trigger.pk).first()
    if before is None or _watched(before) != _watched(trigger):
        trigger.listens_from, trigger.read_to = at, None
    trigger.save()
    audit.record(by, "save_trigger", trigger, name=trigger.name, kind=trigger.kind)
    return trigger


def check(trigger: Trigger) -> dict[str, list[str]]:
    """Return what is wrong with a trigger's own fields, by box."""
    faults: dict[str, list[str]] = {}
    if not trigger.name.strip():
        faults["name"] = ["Give it a name."]
    faults |= _check_watched(trigger)
    if trigger.at_least < 1:
        faults["at_least"] = ["One customer at least."]
    if trigger.again == Trigger.Again.DAYS and not 1 <= trigger.again_days <= 3_650:
        faults["again_days"] = ["Between 1 and 3,650 days."]
    if (trigger.quiet_from is None) != (trigger.quiet_to is None):
        faults["quiet_to"] = ["Quiet hours need a beginning and an end."]
    if set(trigger.also_causes) - set(ASKABLE):
        faults["also_causes"] = ["These causes cannot act."]
    return faults


def _check_watched(trigger: Trigger) -> dict[str, list[str]]:
    """Empty the boxes that do not go with `on`, and say what is wrong with the others."""
    if trigger.on not in (Trigger.On.ENTERED, Trigger.On.LEFT):
        trigger.segment = None
    if trigger.on != Trigger.On.MOVED:
        trigger.score, trigger.from_keys, trigger.to_keys = "", [], []
    if trigger.on != Trigger.On.FOUND:
        trigger.finding = ""
    if trigger.on == Trigger.On.FOUND:
        return _check_samples(trigger)
    if trigger.on == Trigger.On.MOVED:
        return {} if trigger.score else {"score": ["Choose which score."]}
    if trigger.segment is None or trigger.segment.state == Segment.State.ARCHIVED:
        return {"segment": ["Choose a segment that is in use."]}
    return {}


def _check_samples(trigger: Trigger) -> dict[str, list[str]]:
    """A sample is found once, by time alone, and may have no customer to do something to."""
    trigger.again, trigger.also_causes = Trigger.Again.ALWAYS, []
    faults: dict[str, list[str]] = {}
    if trigger.finding not in finding_words.WORDS:
        faults["finding"] = ["Choose what is to be found."]
    kind = KINDS.get(trigger.kind)
    if kind is not None and not kind.takes_samples:
        able = " or ".join(f"“{one.label}”" for one in KINDS if one.takes_samples)
        faults["kind"] = [f"This is done to customers. For samples choose {able}."]
    return faults


def _watched(trigger: Trigger) -> tuple[Any, ...]:
    keys = trigger.from_keys, trigger.to_keys
    return trigger.on, trigger.segment_id, trigger.score, *keys, trigger.finding


@transaction.atomic
def switch(trigger: Trigger, *, is_on: bool, by: audit.Actor, at: datetime) -> None:
    """Let a trigger listen or not; what happened while it was off stays undone."""
    if trigger.is_on == is_on:
        return
    trigger.is_on = is_on
    if is_on:
        trigger.listens_from, trigger.read_to = at, None
    trigger.save(update_fields=["is_on", "listens_from", "read_to"])
    audit.record(by, "switch_trigger", trigger, name=trigger.name, is_on=is_on)


@transaction.atomic
def delete_trigger(trigger: Trigger, *, by: audit.Actor) -> None:
    """Delete a trigger with its deliveries; its tasks stay in the inbox."""
    consumer = trigger.consumer
    audit.record(by, "delete_trigger", trigger, name=trigger.name)
    trigger.delete()
    effect_targets.forget(consumer)


@transaction.atomic
def pause(trigger: Trigger, *, by: audit.Actor, at: datetime) -> None:
    """Let its deliveries wait; changes are still noted."""
    effect_targets.pause_target(trigger.consumer, at=at, by=by)
    audit.record(by, "pause_trigger", trigger, name=trigger.name, is_paused=True)


@transaction.atomic
def resume(trigger: Trigger, *, by: audit.Actor) -> None:
    """Send what waited."""
    effect_targets.resume_target(trigger.consumer)
    audit.record(by, "pause_trigger", trigger, name=trigger.name, is_paused=False)


@transaction.atomic
def replay(trigger: Trigger, *, by: audit.Actor, only: int | None = None) -> int:
    """Do failed deliveries once more, all or one; return how many."""
    rows = Effect.objects.filter(consumer=trigger.consumer)
    count = effects.replay(rows if only is None else rows.filter(pk=only))
    if count:
        audit.record(by, "replay_trigger", trigger, name=trigger.name, count=count)
    return count


@transaction.atomic
def new_secret(trigger: Trigger, *, by: audit.Actor, at: datetime) -> str:
    """Give a webhook another secret and return it; the old one signs too for two days."""
    trigger.old_secret, trigger.old_secret_until = trigger.secret, at + OVERLAP
    trigger.secret = signing.new_secret()
    trigger.save(update_fields=["secret", "old_secret", "old_secret_until"])
    audit.record(by, "webhook_secret", trigger, name=trigger.name)
    return trigger.secret


@dataclass(frozen=True)
class DryRun:
    """Whom a trigger would touch: who stands in its segment now, and the last thirty days' changes.

    `left_out` is reason → changes.
    """

    members: int | None
    members_barred: int
    touched: int
    left_out: dict[str, int]


def dry_run(trigger: Trigger, *, at: datetime) -> DryRun:
    """Count whom the trigger would touch; nothing is written and nothing is sent."""
    found = count_decisions(trigger, since=at - MONTH, until=at, at=at)
    members = Membership.objects.filter(segment=trigger.segment) if trigger.segment else None
    is_contact = KINDS[trigger.kind].is_contact(trigger.options)
    barred = 0
    if members is not None and is_contact:
        barred = count_never_contacted(members.values("customer_id"))
    return DryRun(
        members=members.count() if members is not None else None,
        members_barred=barred,
        touched=found.pop("", 0),
        left_out=found,
    )
