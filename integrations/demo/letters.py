"""The merchant's e-mails: who got, opened and clicked which letter, who subscribed, who left."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from integrations.demo.records import Event, Person
from integrations.demo.season import moment


@dataclass(frozen=True)
class Letter:
    """A mailing. A reactivation goes only to people silent for more than half a year."""

    campaign: str
    days_ago: int
    kind: str = "newsletter"


def write_letters(
    random: Random, *, today: date, people: Iterable[Person], letters: Sequence[Letter]
) -> Iterator[Event]:
    """Return the e-mail events of everybody."""
    for person in people:
        yield from _consent_events(person)
        if person.email_consent not in ("subscribed", "unsubscribed"):
            continue
        last = person.days[-1] if person.days else 200
        since = (today - person.since.date()).days if person.since else 0
        left = (today - person.consent_at.date()).days if person.consent_at else 0
        for letter in letters:
            told = letter.days_ago < since
            if person.email_consent == "unsubscribed" and letter.days_ago <= left:
                told = False  # they had left by then
            if told and (letter.kind == "newsletter" or last > 180):
                yield from _received(person, letter, random, today=today, last=last)


def _received(
    person: Person, letter: Letter, random: Random, *, today: date, last: int
) -> Iterator[Event]:
    """Yield the arrival and, the likelier the more recently they bought, opening and click."""
    properties = {"campaign": letter.campaign, "kind": letter.kind}
    arrived = moment(today - timedelta(days=letter.days_ago), hours=(8, 9, 10), random=random)
    yield Event(person, "email_received", arrived, properties)
    chance = 0.52 if last <= 90 else 0.3 if last <= 180 else 0.1
    if letter.kind == "reactivation":
        chance = 0.07
    if random.random() < chance:
        opened = arrived + timedelta(minutes=random.randint(3, 600))
        yield Event(person, "email_opened", opened, properties)
        if random.random() < 0.22:
            clicked = opened + timedelta(seconds=random.randint(5, 200))
            yield Event(person, "email_clicked", clicked, properties | {"link": "shop"})


def _consent_events(person: Person) -> Iterator[Event]:
    if person.email_consent in ("subscribed", "unsubscribed") and person.since:
        yield Event(person, "email_subscribed", person.since, {"form": "account"})
    if person.email_consent == "unsubscribed" and person.consent_at:
        yield Event(person, "email_unsubscribed", person.consent_at, {})


def monthly_letters(titles: Sequence[str], *, reactivation: str) -> list[Letter]:
    """Return a newsletter every 30 days, the newest first, and the try to win people back."""
    letters = [Letter(title, 9 + 30 * serial) for serial, title in enumerate(titles)]
    return [*letters, Letter(reactivation, 52, "reactivation")]
