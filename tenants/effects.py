"""What a change sets off: who does it, how it may end, and the door to repeat it.

A row of `Effect` is unique per change and consumer. Inside Strata a consumer's work and the end of
its effects are one transaction; to the outside each is sent at least once, always under the same
delivery id. `tenants.effect_sending` takes and sends them.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from tenants.access.models import Effect
from tenants.registry import Registry

State = Effect.State


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended. Use the functions below."""

    state: str  # of the effect; WAITING: it is tried again
    words: str = ""
    reason: str = ""
    status: int | None = None
    seconds: float = 0.0
    wait: dt.timedelta | None = None  # the target asked to be left alone for so long
    is_broken: bool = False  # the target will not get well by itself


def done(*, status: int | None = None, seconds: float = 0.0) -> Outcome:
    """It has arrived."""
    return Outcome(State.DONE, status=status, seconds=seconds)


def left_out(reason: str) -> Outcome:
    """It is not to be done, for a reason that the page counts."""
    return Outcome(State.SKIPPED, reason=reason)


def refused(words: str, *, status: int | None = None, seconds: float = 0.0) -> Outcome:
    """This effect cannot be done; others may."""
    return Outcome(State.FAILED, words, status=status, seconds=seconds)


def again(
    words: str,
    *,
    status: int | None = None,
    seconds: float = 0.0,
    wait: dt.timedelta | None = None,
) -> Outcome:
    """It did not work now; it is tried again later."""
    return Outcome(State.WAITING, words, status=status, seconds=seconds, wait=wait)


def broken(words: str, *, status: int | None = None, seconds: float = 0.0) -> Outcome:
    """The target takes nothing until somebody mends it: it is paused at once."""
    return Outcome(State.WAITING, words, status=status, seconds=seconds, is_broken=True)


Result = tuple[Sequence[Effect], Outcome]


class Delivery(Protocol):
    """How the effects of one consumer are done."""

    goes_out: bool  # stands still while outgoing effects are paused
    is_inside: bool  # done in the transaction that says so
    page: int  # effects taken at once; 0: all of one occasion
    has_several: bool  # on their way at once: `send(False)` lets it end those and stop

    def waits_until(self, at: dt.datetime) -> dt.datetime | None:
        """Return until when nothing may be sent (quiet hours), if so."""
        ...

    def deliver(self, effects: Sequence[Effect], *, at: dt.datetime) -> Iterator[Result]:
        """Do the effects and say how each, or several at once, ended."""
        ...


@dataclass(frozen=True)
class Sender:
    """The owner of consumers `<key>:<id>`. `open` returns None for a consumer that is gone."""

    key: str
    label: str
    open: Callable[[str], Delivery | None]


SENDERS: Registry[Sender] = Registry("sender")


def delivery_of(consumer: str) -> Delivery | None:
    """Return how a consumer's effects are done, None when there is no such consumer any more."""
    sender = SENDERS.get(consumer.partition(":")[0])
    return sender.open(consumer) if sender else None


def due(*, at: dt.datetime) -> QuerySet[Effect]:
    """Return the effects that could be done now, those of dead workers among them."""
    is_waiting = Q(state=State.WAITING) & (Q(not_before=None) | Q(not_before__lte=at))
    return Effect.objects.filter(is_waiting | Q(state=State.SENDING, lease_until__lt=Now()))


def replay(effects: QuerySet[Effect]) -> int:
    """Do failed effects once more, with all their attempts; return how many."""
    failed = effects.filter(state=State.FAILED)
    return failed.update(state=State.WAITING, attempts=0, not_before=None, finished_at=None)


def forget_customers(customers: Collection[int]) -> int:
    """Take erased customers out: what waits for them is deleted, what is over names nobody.

    Runs in the caller's transaction. Returns how many effects were theirs.
    """
    rows = Effect.objects.filter(customer__in=customers)
    count, _ = rows.filter(state__in=[State.WAITING, State.SENDING]).delete()
    return count + rows.update(customer=None)
