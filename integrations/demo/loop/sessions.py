"""Sessions and the features used in them, week by week back from the last active day."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from integrations.demo.loop.people import Cohort, usage
from integrations.demo.loop.plans import CORE_FEATURE, FEATURES
from integrations.demo.records import Event, Person
from integrations.demo.season import OFFICE_HOURS, moment

WEEKS = 5  # how far back sessions are kept; a trend over weeks needs several
DETAIL = 14  # days of single actions, which are most of the rows: the app keeps no more
FADING = (1, 2, 4, 5, 6)  # sessions a week of somebody who is leaving, this week first


def use_app(random: Random, *, today: date, people: list[Person]) -> Iterator[Event]:
    """Return the sessions and actions of everybody who ever came."""
    for person in people:
        cohort = usage(person)
        if not cohort.sessions[1] or person.since is None:
            continue
        signup = (today - person.since.date()).days
        idle = min(random.randint(*cohort.idle), signup)
        features = _features(cohort, random)
        actions = 0
        for week in range(WEEKS):
            count = random.randint(*cohort.sessions)
            if person.habit == "declining":
                count = FADING[week]
            for offset in _days_of_week(count, random, is_latest=week == 0):
                days_ago = idle + 7 * week + offset
                if days_ago > signup:
                    continue
                at = _moment(today, days_ago, random)
                did = random.randint(*cohort.actions)
                yield Event(
                    person, "session", at, {"actions": did, "minutes": 2 + did * 2, "app": "web"}
                )
                if days_ago <= DETAIL:
                    yield from _actions(person, at, features, did, random, from_action=actions)
                actions += did


def _features(cohort: Cohort, random: Random) -> list[str]:
    count = random.randint(*cohort.features)
    others = random.sample(FEATURES[1:], k=count - 1)
    return [CORE_FEATURE, *others]


def _days_of_week(count: int, random: Random, *, is_latest: bool) -> list[int]:
    """Return which of seven days had a session; the latest week begins with the last active day."""
    if is_latest:
        return [0, *random.sample(range(1, 7), k=count - 1)]
    return random.sample(range(7), k=count)


def _moment(today: date, days_ago: int, random: Random) -> datetime:
    if days_ago == 0:  # early: what happens today has happened by the time anybody looks
        return datetime.combine(today, time(0, random.randint(1, 20)))
    return moment(today - timedelta(days=days_ago), hours=OFFICE_HOURS, random=random)


def _actions(
    person: Person,
    at: datetime,
    features: list[str],
    count: int,
    random: Random,
    *,
    from_action: int,
) -> Iterator[Event]:
    """Yield single actions: nearly half in the core feature, the rest round the others in turn."""
    for serial in range(from_action, from_action + count):
        feature = features[serial % len(features)]
        if random.random() < 0.42:
            feature = CORE_FEATURE
        at += timedelta(seconds=20 + int(random.random() * 70))
        yield Event(person, "feature_used", at, {"feature": feature})
