"""What the pages say of triggers: what each watches and does, how its target is, what it did."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max

from segments.actions.kinds import KINDS
from segments.actions.wording import watches
from segments.models import Trigger
from tenants.access.models import Effect, EffectTarget

DONE_LATELY = timedelta(days=30)
REASONS = {
    "again": "had been treated before",
    "never_contact": "are never contacted",
    "pressure": "were reached often enough this week",
    "gone": "are no customers any more",
    "no_address": "have no usable e-mail address or phone number",
    "no_profile": "are unknown to Klaviyo, where no new profiles are wanted",
    "over": "were settled before it was their turn",
}


@dataclass(frozen=True)
class Line:
    """One trigger as the lists show it."""

    trigger: Trigger
    watches: str
    does: str
    target: EffectTarget | None
    waiting: int
    failed: int
    done: int
    last_at: datetime | None

    @property
    def state(self) -> tuple[str, str]:
        """Return the badge's tone and words."""
        if not self.trigger.is_on:
            return "", "Off"
        if self.target and self.target.paused_at:
            by_itself = self.target.paused_by_id is None and self.target.failures
            return ("is-bad", "Paused after failures") if by_itself else ("is-warn", "Paused")
        if self.target and self.target.failures:
            return "is-warn", "Failing"
        return "is-good", "On"


def lines(*, at: datetime, triggers: Iterable[Trigger] | None = None) -> list[Line]:
    """Return all triggers with what they did in the last 30 days: three queries."""
    asked = Trigger.objects.select_related("segment") if triggers is None else triggers
    rows = list(asked)
    names = [row.consumer for row in rows]
    targets = EffectTarget.objects.in_bulk(names)
    lately = Effect.objects.filter(consumer__in=names, created_at__gte=at - DONE_LATELY)
    counts: Counter[tuple[str, str]] = Counter()
    last: dict[str, datetime] = {}
    found = lately.order_by().values_list("consumer", "state")
    for consumer, state, count, moment in found.annotate(n=Count("pk"), at=Max("finished_at")):
        counts[consumer, state] = count
        if state == Effect.State.DONE and moment:
            last[consumer] = moment
    return [_line(row, targets, counts, last) for row in rows]


def _line(
    row: Trigger,
    targets: dict[str, EffectTarget],
    counts: Counter[tuple[str, str]],
    last: dict[str, datetime],
) -> Line:
    kind, consumer = KINDS.get(row.kind), row.consumer
    return Line(
        trigger=row,
        watches=watches(row),
        does=kind.summary(row.options) if kind else "do what is no longer installed",
        target=targets.get(consumer),
        waiting=counts[consumer, "waiting"] + counts[consumer, "sending"],
        failed=counts[consumer, "failed"],
        done=counts[consumer, "done"],
        last_at=last.get(consumer),
    )


def states(trigger: Trigger) -> dict[str, int]:
    """Return state → how many effects the trigger has."""
    rows = Effect.objects.filter(consumer=trigger.consumer).order_by()
    return dict(rows.values_list("state").annotate(n=Count("pk")))


def left_out(trigger: Trigger) -> list[tuple[str, int]]:
    """Return why customers were left out, in words, with their number."""
    rows = Effect.objects.filter(consumer=trigger.consumer, state=Effect.State.SKIPPED)
    found = rows.order_by().values_list("reason").annotate(n=Count("pk"))
    return [(REASONS.get(reason, reason), count) for reason, count in found]
