"""That a code was used: once per caller's key, within the limits, however many ask at once."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from commerce.text import fold
from segments.models import PromoCode, Redemption
from segments.promotions.facts import facts_of
from segments.promotions.judging import Verdict, judge
from segments.promotions.known import PersonFacts
from segments.promotions.persons import Person


class NotRedeemedError(Exception):
    """The code may not be used here and now; `verdict` says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(" ".join(reason.message for reason in verdict.reasons))
        self.verdict = verdict


class KeyReusedError(Exception):
    """The caller's key stands for another use already."""


@dataclass(frozen=True)
class Use:
    """What a caller tells of one use."""

    key: str
    person: Person
    order: str = ""
    amount: Decimal | None = None
    only_limits: bool = False


def redeem(code: str, use: Use, *, by: str, at: datetime) -> tuple[Redemption, bool]:
    """Record a use and return it, and whether it is new. The same key again changes nothing.

    Raises PromoCode.DoesNotExist, KeyReusedError, NotRedeemedError. The code's row is held to the
    end, so that two uses of the last one left are told apart; each needs about three milliseconds.
    """
    with transaction.atomic():
        row = PromoCode.objects.select_for_update().get(code_key=fold(code))
        found, (known,) = facts_of([row.code_key], [use.person])
        said = Redemption.objects.filter(code=row, key=use.key).first()
        if said is not None:
            _refuse_other(said, use, known)
            return said, False
        facts = found[row.code_key]
        verdict = judge(facts, known, at=at, only_limits=use.only_limits)
        if not verdict.is_eligible:
            raise NotRedeemedError(verdict)
        PromoCode.objects.filter(pk=row.pk).update(redeemed_count=F("redeemed_count") + 1)
        return _write(row, use, known, by=by, at=at), True


def _write(row: PromoCode, use: Use, known: PersonFacts, *, by: str, at: datetime) -> Redemption:
    return Redemption.objects.create(
        code=row,
        key=use.key,
        customer_id=known.id,
        email_key="" if known.id is not None else use.person.guest_key,
        order=use.order,
        amount=use.amount,
        recorded_by=by[:120],
        redeemed_at=at,
    )


def _refuse_other(said: Redemption, use: Use, known: PersonFacts) -> None:
    is_same = (
        said.customer_id == known.id
        if said.customer_id is not None
        else said.email_key in ("", use.person.guest_key)
    )
    if not is_same or said.order != use.order:
        raise KeyReusedError(
            "This key was used for another customer or order. Give each use a key of its own."
        )


def cancel(code: str, key: str, *, at: datetime) -> Redemption:
    """Give a use back: it counts no more. Cancelling twice changes nothing.

    Raises PromoCode.DoesNotExist, Redemption.DoesNotExist.
    """
    with transaction.atomic():
        row = PromoCode.objects.select_for_update().get(code_key=fold(code))
        said = Redemption.objects.get(code=row, key=key)
        if said.cancelled_at is None:
            said.cancelled_at = at
            said.save(update_fields=["cancelled_at"])
            PromoCode.objects.filter(pk=row.pk).update(redeemed_count=F("redeemed_count") - 1)
        return said
