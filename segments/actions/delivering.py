"""How a trigger's effects are done: by its kind, outside its quiet hours, within contact rules."""

from collections.abc import Generator, Iterator, Sequence
from datetime import datetime

from segments.actions.contact import may_still_reach, note_contact
from segments.actions.kinds import KINDS, Kind
from segments.actions.quiet import quiet_until
from segments.models import Trigger
from tenants import effects
from tenants.access.models import Effect
from tenants.effects import Result, Sender
from tenants.schema import connection

KEY = "trigger"


class TriggerDelivery:
    """The effects of one trigger."""

    def __init__(self, trigger: Trigger, kind: Kind) -> None:
        self.trigger, self.kind = trigger, kind
        self.goes_out, self.is_inside, self.page = kind.goes_out, kind.is_inside, kind.page
        self.has_several = kind.has_several

    def waits_until(self, at: datetime) -> datetime | None:
        """Return when the quiet hours end, during them."""
        trigger, zone = self.trigger, connection.tenant.zone
        return quiet_until(at, begins=trigger.quiet_from, ends=trigger.quiet_to, zone=zone)

    def deliver(self, effects_: Sequence[Effect], *, at: datetime) -> Iterator[Result]:
        """Leave out whom nothing may reach any more, then let the kind do the rest."""
        if not self.kind.is_contact(self.trigger.options):
            yield from self.kind.deliver(self.trigger, effects_, at=at)
            return
        allowed = may_still_reach(effects_)
        barred = [effect for effect in effects_ if effect.pk not in allowed]
        if barred:
            yield barred, effects.left_out("never_contact")
        rest = [effect for effect in effects_ if effect.pk in allowed]
        results, told = self.kind.deliver(self.trigger, rest, at=at), None
        while True:
            try:
                batch, outcome = (
                    results.send(told)
                    if self.has_several and isinstance(results, Generator)
                    else next(results)
                )
            except StopIteration:
                return
            if outcome.state == effects.State.DONE:
                note_contact(batch, at=at)
            told = yield batch, outcome


def open_trigger(consumer: str) -> TriggerDelivery | None:
    """Return how `trigger:<id>` delivers; None when it was deleted or its kind is not installed."""
    number = consumer.partition(":")[2]
    trigger = Trigger.objects.select_related("segment").filter(pk=int(number)).first()
    kind = KINDS.get(trigger.kind) if trigger else None
    return TriggerDelivery(trigger, kind) if trigger and kind else None


effects.SENDERS.register(Sender(KEY, "Triggers", open_trigger))
