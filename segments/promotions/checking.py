"""Checking codes: one of one customer, or many at once."""

from collections.abc import Sequence
from datetime import datetime

from commerce.text import fold
from segments.promotions.facts import facts_of
from segments.promotions.judging import Verdict, judge, unknown_code
from segments.promotions.live import live_memberships
from segments.promotions.persons import Person

MOST = 500  # codes × customers of one request: 100 ms


def check(code: str, person: Person, *, at: datetime, is_live: bool = False) -> Verdict | None:
    """Return the verdict, or None when there is no such code; one query unless it is live."""
    key = fold(code)
    codes, (known,) = facts_of([key], [person])
    found = codes.get(key)
    if found is None:
        return None
    live = None
    if is_live and known.id is not None:
        live = live_memberships(known.id, found.sides, at=at)
    return judge(found, known, at=at, live=live)


def check_many(
    codes: Sequence[str], people: Sequence[Person], *, at: datetime
) -> list[tuple[int, Verdict]]:
    """Return (place of the person, verdict) of each code for each person, in one query."""
    keys = {text: fold(text) for text in codes}
    found, known = facts_of(set(keys.values()), people)
    return [
        (
            place,
            judge(found[keys[text]], person, at=at) if keys[text] in found else unknown_code(text),
        )
        for text in codes
        for place, person in enumerate(known)
    ]
