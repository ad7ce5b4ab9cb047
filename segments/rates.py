"""How often a rule segment is counted: at every change, or at the next hour, morning or Monday."""

from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction

from segments.definitions import REFRESH
from segments.models import Segment
from segments.models.membership import Cause
from segments.refreshing import in_order
from tenants import audit, jobs
from tenants.schema import connection

Rate = Segment.Rate
SLOWEST_LAST = (Rate.CHANGE, Rate.HOURLY, Rate.DAILY, Rate.WEEKLY)
MORNING = time(4)  # after the night's scores, so that one count a day reads today's


def holding(live: Iterable[Segment]) -> dict[int, Rate]:
    """Return segment → the rate that holds: the fastest of its own and those of its readers.

    A segment counted at every change promises what holds now, so whatever it reads is counted as
    often.
    """
    rows = list(live)
    places = {row.pk: SLOWEST_LAST.index(Rate(row.refresh_rate)) for row in rows}
    for reader in reversed(in_order(rows)):
        for pk in places.keys() & set(reader.stands_on.get("segments", ())):
            places[pk] = min(places[pk], places[reader.pk])
    return {pk: SLOWEST_LAST[place] for pk, place in places.items()}


def prompt(found: Iterable[Segment], *, live: Collection[Segment]) -> list[Segment]:
    """Return those of `found` that are counted at every change; `live` are all that are counted."""
    rates = holding(live)
    return [row for row in found if rates.get(row.pk, Rate.CHANGE) == Rate.CHANGE]


def reader_that_hurries(segment: Segment, *, live: Collection[Segment]) -> Segment | None:
    """Return a reader for whose sake `segment` is counted more often than it asks."""
    rates = holding(live)
    if rates.get(segment.pk) in (None, segment.refresh_rate):
        return None
    readers = [row for row in live if segment.pk in row.stands_on.get("segments", ())]
    return next((row for row in readers if rates[row.pk] == rates[segment.pk]), None)


def latest_turn(rate: str, *, at: datetime) -> datetime:
    """Return the last local moment, `at` included, at which this rate fell due."""
    local = at.astimezone(connection.tenant.zone)
    if rate == Rate.HOURLY:
        # In UTC, because local clocks show one hour of the year twice; zones off by minutes too.
        past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        return at - past
    day = local.date() - timedelta(days=local.weekday() if rate == Rate.WEEKLY else 0)
    turn = datetime.combine(day, MORNING, local.tzinfo)
    step = timedelta(weeks=1) if rate == Rate.WEEKLY else timedelta(days=1)
    return turn if turn <= at else datetime.combine(day - step, MORNING, local.tzinfo)


def next_turn(rate: str, *, after: datetime) -> datetime | None:
    """Return when a segment counted at `after` falls due again; None for one counted on change."""
    if rate == Rate.CHANGE:
        return None
    latest = latest_turn(rate, at=after)
    if rate == Rate.HOURLY:
        return latest + timedelta(hours=1)
    local = latest.astimezone(connection.tenant.zone)
    day = local.date() + timedelta(days=7 if rate == Rate.WEEKLY else 1)
    return datetime.combine(day, MORNING, local.tzinfo)


def dues(live: Collection[Segment]) -> dict[int, datetime]:
    """Return segment → when it falls due next, of those that are not counted at every change."""
    rates = holding(live)
    turns = {
        row.pk: next_turn(rates[row.pk], after=row.refreshed_at) for row in live if row.refreshed_at
    }
    return {pk: turn for pk, turn in turns.items() if turn is not None}


def due_rows(live: Collection[Segment], *, at: datetime) -> list[Segment]:
    """Return the slower segments whose turn has come, with every slower one they read."""
    rates = holding(live)
    due = [
        row
        for row in live
        if rates[row.pk] != Rate.CHANGE
        and (row.refreshed_at is None or row.refreshed_at < latest_turn(rates[row.pk], at=at))
    ]
    return [*due, *sources(due, live=live)]


def sources(rows: Iterable[Segment], *, live: Collection[Segment]) -> list[Segment]:
    """Return the segments, beside `rows`, that these read at any distance and that may lag."""
    known = {row.pk: row for row in live}
    chosen = {row.pk for row in rows}
    found: dict[int, Segment] = {}
    waiting = [pk for row in rows for pk in row.stands_on.get("segments", ())]
    while waiting:
        pk = waiting.pop()
        if pk in chosen or pk in found or pk not in known:
            continue
        found[pk] = known[pk]
        waiting += known[pk].stands_on.get("segments", ())
    return [row for row in found.values() if row.refresh_rate != Rate.CHANGE]


@transaction.atomic
def set_rate(segment: Segment, rate: str, *, by: AbstractBaseUser | None) -> None:
    """Let a rule segment be counted as often as `rate` says; raise ValidationError in words.

    It is counted at once: nothing that changed while it waited is forgotten.
    """
    if rate not in Rate.values:
        words = "Choose on change, hourly, daily or weekly."
        raise ValidationError({"refresh_rate": words})
    if segment.kind != Segment.Kind.RULES:
        words = f"The members of “{segment.name}” do not come from rules."
        raise ValidationError({"refresh_rate": words})
    if segment.refresh_rate == rate:
        return
    segment.refresh_rate = rate
    segment.save(update_fields=["refresh_rate"])
    audit.record(by, "segment", segment, refresh_rate=rate)
    if segment.state == Segment.State.ACTIVE:
        jobs.start(REFRESH, params={"segments": [segment.pk], "cause": Cause.DATA})
