"""May this person use this code? Pure: facts in, a verdict with its reasons out."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from segments.models import PromoCode, Segment
from segments.promotions.known import CodeFacts, PersonFacts, Side

State, Unknown = PromoCode.State, PromoCode.Unknown


@dataclass(frozen=True)
class Reason:
    """Why, for programs (`code`) and for people; which segments it speaks of."""

    code: str
    message: str
    segments: tuple[int, ...] = ()
    is_private: bool = False  # tells who somebody is: not for keys that may not read segments


@dataclass(frozen=True)
class Standing:
    """One segment of the code, and whether the person is in it, as of when."""

    side: Side
    is_member: bool
    as_of: datetime | None
    is_live: bool = False


@dataclass(frozen=True)
class Verdict:
    """The answer about one code and one person."""

    code: str
    is_eligible: bool
    reasons: tuple[Reason, ...]
    customer: int | None = None
    standings: tuple[Standing, ...] = ()
    found: CodeFacts | None = field(default=None, compare=False)


def unknown_code(text: str) -> Verdict:
    """Return the verdict about a code that does not exist."""
    return Verdict(text, False, (Reason("unknown_code", f"There is no code “{text[:64]}”."),))


def judge(
    code: CodeFacts,
    person: PersonFacts,
    *,
    at: datetime,
    live: Mapping[int, bool] | None = None,
    only_limits: bool = False,
) -> Verdict:
    """Judge as of `at`; `live` holds what the rules of some segments say of this person now.

    `only_limits` asks for window, state and limits alone: whoever gave the discount already wants
    it recorded.
    """
    standings = tuple(_standing(side, person.segments, live or {}, at=at) for side in code.sides)
    against = [*_of_code(code, at=at), *_of_limits(code, person)]
    yes: list[Reason] = []
    if not only_limits:
        yes, no = _of_person(code, person, standings)
        against += no
    return Verdict(
        code=code.code,
        is_eligible=not against,
        reasons=tuple(against or yes),
        customer=person.id,
        standings=standings,
        found=code,
    )


def _standing(
    side: Side, segments: Collection[int], live: Mapping[int, bool], *, at: datetime
) -> Standing:
    if side.id in live:
        return Standing(side, live[side.id], at, is_live=True)
    return Standing(side, side.id in segments, side.refreshed_at)


def _of_code(code: CodeFacts, *, at: datetime) -> Iterator[Reason]:
    if code.state != State.ON:
        is_off = code.state == State.OFF
        yield Reason("switched_off", f"This code is {'switched off' if is_off else 'archived'}.")
    if code.starts_at is not None and at < code.starts_at:
        yield Reason("not_started", f"This code begins at {_said(code.starts_at)}.")
    if code.ends_at is not None and at >= code.ends_at:
        yield Reason("ended", f"This code ended at {_said(code.ends_at)}.")


def _of_limits(code: CodeFacts, person: PersonFacts) -> Iterator[Reason]:
    if code.most_total is not None and code.redeemed_count >= code.most_total:
        yield Reason("limit_reached", f"All {code.most_total:,} uses of this code are taken.")
    if code.most_each is not None and person.times(code) >= code.most_each:
        often = "once" if code.most_each == 1 else f"{code.most_each:,} times"
        words = f"This customer has used the code {often}, which is as often as one may."
        yield Reason("customer_limit_reached", words)


def _of_person(
    code: CodeFacts, person: PersonFacts, standings: tuple[Standing, ...]
) -> tuple[list[Reason], list[Reason]]:
    """Return the reasons for and against."""
    if person.id is None and code.unknown != Unknown.JUDGE:
        what, words = "customer_unknown", "The store does not know this customer"
        if person.many:
            what = "customer_ambiguous"
            words = f"{person.many:,} customers have this e-mail address"
        if code.unknown == Unknown.ALLOW:
            return [Reason(what, f"{words}; the code lets them use it.", is_private=True)], []
        return [], [Reason(what, f"{words}; the code refuses them.", is_private=True)]
    no = [_excluded(one) for one in standings if one.side.is_excluded and one.is_member]
    yes, missing = _included(code, [one for one in standings if not one.side.is_excluded])
    return yes, no + missing


def _excluded(one: Standing) -> Reason:
    words = f"They are in “{one.side.name}”, which this code leaves out."
    return Reason("excluded", words, (one.side.id,), is_private=True)


def _included(code: CodeFacts, wanted: list[Standing]) -> tuple[list[Reason], list[Reason]]:
    if not wanted:
        return [Reason("open", "This code is for everybody it does not leave out.")], []
    held = [one for one in wanted if one.is_member and _includes(one.side)]
    missing = [one for one in wanted if one not in held]
    yes = [
        Reason("included", f"They are in “{one.side.name}”.", (one.side.id,), is_private=True)
        for one in held
    ]
    if held and (code.match == PromoCode.Match.ANY or not missing):
        return yes, []
    return [], [_missing(code, missing)]


def _missing(code: CodeFacts, missing: list[Standing]) -> Reason:
    names = ", ".join(_named(one.side) for one in missing)
    words = f"They are not in {names}."
    if len(missing) > 1 and code.match == PromoCode.Match.ANY:
        words = f"They are in none of {names}."
    return Reason("not_included", words, tuple(one.side.id for one in missing), is_private=True)


def _named(side: Side) -> str:
    if _includes(side):
        return f"“{side.name}”"
    why = {"draft": "a draft", "archived": "archived"}.get(side.state, "frozen")
    return f"“{side.name}” (which is {why} and lets nobody in)"


def _includes(side: Side) -> bool:
    """Draft, archived and frozen segments let nobody in; they still leave out."""
    return side.state == Segment.State.ACTIVE


def _said(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes").replace("+00:00", "Z")
