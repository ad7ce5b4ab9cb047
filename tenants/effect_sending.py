"""Taking effects that are due and doing them, a page at a time, however often workers die.

An effect is taken by one conditional update that counts the attempt and sets a lease; its end is
written only while that lease is still its own. A consumer has one sender at a time (the run's
lane), and a second one would skip what the first has taken.
"""

import datetime as dt
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from tenants import effects
from tenants.access.models import Effect, EffectTarget
from tenants.effect_targets import REST_AFTER, note_failure, note_success, outgoing_pause
from tenants.effects import Delivery, Outcome, Result, State

MOST_ATTEMPTS = 8
# Before the second attempt, the third …: together a day and a half.
WAITS = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 720, 1_440)]
MOST_AT_ONCE = 10_000  # of one occasion
GONE = "What was to do this is no longer there."


@dataclass
class Sent:
    """What became of a page."""

    taken: int = 0
    done: int = 0
    failed: int = 0
    left_out: int = 0


def held_until(consumer: str, delivery: Delivery, *, at: dt.datetime) -> dt.datetime | None:
    """Return until when nothing of this consumer is sent; `datetime.max`: until it is resumed."""
    forever = dt.datetime.max.replace(tzinfo=dt.UTC)
    target = EffectTarget.objects.filter(pk=consumer).first()
    if (target and target.paused_at) or (delivery.goes_out and outgoing_pause()):
        return forever
    moments = [target.retry_at if target else None, delivery.waits_until(at)]
    return max((moment for moment in moments if moment and moment > at), default=None)


def send_page(consumer: str, *, at: dt.datetime) -> Sent:
    """Take a page of a consumer's due effects and do them; nothing taken: nothing is due."""
    delivery = effects.delivery_of(consumer)
    if delivery is None:
        gone = effects.due(at=at).filter(consumer=consumer)
        gone.update(state=State.FAILED, error=GONE, finished_at=at)
        return Sent()
    if held_until(consumer, delivery, at=at):
        return Sent()
    return (
        _inside(consumer, delivery, at) if delivery.is_inside else _outside(consumer, delivery, at)
    )


def _inside(consumer: str, delivery: Delivery, at: dt.datetime) -> Sent:
    """Do a page and say so in one transaction; what stops it is counted as an attempt."""
    taken: list[Effect] = []
    try:
        with transaction.atomic():
            taken, sent = _take(consumer, delivery.page, at=at), Sent()
            for batch, outcome in delivery.deliver(taken, at=at):
                _write(batch, outcome, at=at, sent=sent)
            sent.taken = len(taken)
        return sent
    except Exception as error:
        with transaction.atomic():
            words = f"This could not be done: {type(error).__name__}."
            for effect in taken:
                effect.state = State.WAITING
            rows = Effect.objects.filter(pk__in=[effect.pk for effect in taken])
            rows.update(state=State.SENDING, attempts=F("attempts") + 1, lease_until=None)
            for effect in taken:
                effect.lease_until = None
            _write(taken, effects.again(words), at=at, sent=Sent())
            note_failure(consumer, words=words, at=at)
        raise


def _outside(consumer: str, delivery: Delivery, at: dt.datetime) -> Sent:
    """Do a page, writing each end as it is known, so that only what is on its way is repeated."""
    began, sent = time.monotonic(), Sent()
    is_probing = EffectTarget.objects.filter(pk=consumer, failures__gte=REST_AFTER).exists()
    taken = _take(consumer, 1 if is_probing and delivery.page else delivery.page, at=at)
    sent.taken, is_open = len(taken), True
    left = {effect.pk for effect in taken}
    is_well, course = False, _Course()
    for batch, outcome in _results(delivery, taken, at=at, course=course):
        left -= {effect.pk for effect in batch}
        _write(batch, outcome, at=at, sent=sent)
        if not is_open:
            continue  # it was on its way when the target failed: that was counted
        if outcome.state in (State.DONE, State.FAILED) and not is_well:
            note_success(consumer, at=at)
            is_well = True
        if outcome.state == State.WAITING:
            is_well = False
            is_open = _note(consumer, outcome, at=at)
        is_late = time.monotonic() - began > settings.EFFECT_LEASE_SECONDS / 2
        course.goes_on = is_open and not is_late
    _give_back(left)
    return sent


@dataclass
class _Course:
    """Whether a page's work goes on."""

    goes_on: bool = True


def _results(
    delivery: Delivery, taken: Sequence[Effect], *, at: dt.datetime, course: _Course
) -> Iterator[Result]:
    """Yield how effects ended, until the work is to stop.

    A delivery with several on their way is told so (`send(False)`) and yields how those end.
    """
    results = delivery.deliver(taken, at=at)
    told: bool | None = None
    while True:
        try:
            result = results.send(told) if _takes_word(results, delivery) else next(results)
        except StopIteration:
            return
        yield result
        told = course.goes_on
        if not told and not delivery.has_several:
            return


def _takes_word(
    results: Any, delivery: Delivery
) -> TypeGuard[Generator[Result, bool | None, None]]:
    return delivery.has_several


def _note(consumer: str, outcome: Outcome, *, at: dt.datetime) -> bool:
    """Count the target's failure; return whether the next effect may be tried at once."""
    target = note_failure(
        consumer, words=outcome.words, at=at, wait=outcome.wait, is_broken=outcome.is_broken
    )
    return target.paused_at is None and target.retry_at is None


def _take(consumer: str, page: int, *, at: dt.datetime) -> list[Effect]:
    """Take due effects, the untried ones first; with page 0 those of the oldest's occasion."""
    rows = effects.due(at=at).filter(consumer=consumer).order_by("attempts", "pk")
    with transaction.atomic():
        if not page:
            first = rows.values_list("occasion", flat=True).first()
            rows, page = rows.filter(occasion=first), MOST_AT_ONCE
        locked = rows.select_for_update(skip_locked=True)
        ids = list(locked.values_list("pk", flat=True)[:page])
        lease = Now() + dt.timedelta(seconds=settings.EFFECT_LEASE_SECONDS)
        Effect.objects.filter(pk__in=ids).update(
            state=State.SENDING, attempts=F("attempts") + 1, lease_until=lease
        )
    return list(Effect.objects.filter(pk__in=ids).order_by("attempts", "pk"))


def _write(batch: Sequence[Effect], outcome: Outcome, *, at: dt.datetime, sent: Sent) -> None:
    """Write the end of effects that are still ours."""
    for (attempts, lease), group in _alike(batch).items():
        values = _values(attempts, outcome, at=at)
        ids = [effect.pk for effect in group]
        mine = Effect.objects.filter(pk__in=ids, state=State.SENDING, lease_until=lease)
        if outcome.words and len(group) == 1:
            values["log"] = [*group[0].log, _line(outcome, at=at)]
        count = mine.update(**values)
        sent.done += count if values["state"] == State.DONE else 0
        sent.failed += count if values["state"] == State.FAILED else 0
        sent.left_out += count if values["state"] == State.SKIPPED else 0


def _alike(batch: Sequence[Effect]) -> dict[tuple[int, dt.datetime | None], list[Effect]]:
    groups: dict[tuple[int, dt.datetime | None], list[Effect]] = {}
    for effect in batch:
        groups.setdefault((effect.attempts, effect.lease_until), []).append(effect)
    return groups


def _values(attempts: int, outcome: Outcome, *, at: dt.datetime) -> dict[str, Any]:
    values: dict[str, Any] = {"lease_until": None, "error": outcome.words, "status": outcome.status}
    if outcome.state != State.WAITING:
        return values | {"state": outcome.state, "reason": outcome.reason, "finished_at": at}
    if outcome.wait is not None or outcome.is_broken:  # no fault of this effect
        wait = outcome.wait or dt.timedelta(0)
        spared = {"attempts": max(attempts - 1, 0)}
        return values | spared | {"state": State.WAITING, "not_before": at + wait}
    if attempts >= MOST_ATTEMPTS:
        return values | {"state": State.FAILED, "finished_at": at}
    wait = WAITS[min(attempts, len(WAITS)) - 1]
    return values | {"state": State.WAITING, "not_before": at + wait}


def _line(outcome: Outcome, *, at: dt.datetime) -> dict[str, Any]:
    return {
        "at": at.isoformat(),
        "words": outcome.words,
        "status": outcome.status,
        "seconds": round(outcome.seconds, 3),
    }


def _give_back(ids: set[int]) -> None:
    """Put back what was taken and not tried; it counts as no attempt."""
    untried = Effect.objects.filter(pk__in=ids, state=State.SENDING)
    untried.update(state=State.WAITING, attempts=F("attempts") - 1, lease_until=None)
