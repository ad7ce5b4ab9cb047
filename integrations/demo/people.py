"""Who the customers are: names, homes, birthdays and consents, once their habits are drawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from integrations.demo.habits import Habit, allot, order_days
from integrations.demo.names import address, name_person
from integrations.demo.records import Person
from integrations.demo.season import SHOP_HOURS, moment
from integrations.demo.towns import LANGUAGES, Town

EMAIL_CONSENTS = (
    ("subscribed", 58),
    ("not_subscribed", 20),
    ("unsubscribed", 11),
    ("unknown", 7),
    ("pending", 4),
)
SMS_CONSENTS = (("not_subscribed", 52), ("subscribed", 27), ("unknown", 14), ("unsubscribed", 7))


@dataclass(frozen=True)
class Crowd:
    """What people of one merchant have in common."""

    prefix: str  # of their ids
    habits: Sequence[Habit]
    towns: Sequence[Town]
    months: Sequence[float]
    phone: Callable[[int], str]
    birthdays: float  # share who told theirs
    early: float = 0.2  # share whose account is older than their first order


def gather_people(crowd: Crowd, *, random: Random, today: date, count: int) -> list[Person]:
    """Return about `count` people, the oldest account first; ids rise as in a real shop."""
    people = [
        Person(
            habit=habit.key,
            days=order_days(habit, random=random, today=today, months=crowd.months),
            size=habit.size * random.uniform(0.75, 1.3),
            shift=habit.shift,
        )
        for habit in allot(crowd.habits, count=count)
    ]
    random.shuffle(people)
    for serial, person in enumerate(people):
        _introduce(person, crowd, serial=serial, random=random, today=today)
    people.sort(key=lambda person: person.since or moment(today, hours=(5,), random=random))
    for serial, person in enumerate(people):
        person.key = f"{crowd.prefix}{10_001 + serial}"
    return people


def _introduce(person: Person, crowd: Crowd, *, serial: int, random: Random, today: date) -> None:
    person.first_name, person.last_name = name_person(random)
    person.email = address(person.first_name, person.last_name, serial=serial, random=random)
    if random.random() < 0.62:
        person.phone = crowd.phone(serial)
    since = person.days[0] if person.days else random.randint(0, 700)
    if random.random() < crowd.early:
        since += random.randint(0, 20)  # an account first, an order later
    person.since = moment(today - timedelta(days=since), hours=(5, 6), random=random)
    _settle(person, crowd.towns, random=random)
    if random.random() < crowd.birthdays:
        person.birthday = birth_date(random, today=today, soon=serial % 50 == 0)
    _ask_consent(person, random=random, today=today)


def _settle(person: Person, towns: Sequence[Town], *, random: Random) -> None:
    town = random.choices(towns, weights=[town.weight for town in towns])[0]
    person.town = town
    person.postal_code = f"{town.postal_prefix}{random.randint(10, 99)}"
    if town.country == "GB":
        end = random.choice("ABDEFGH") + random.choice("JLNPQRS")
        person.postal_code = f"{town.postal_prefix} {random.randint(1, 9)}{end}"
    person.latitude = round(town.latitude + random.gauss(0, 0.02), 5)
    person.longitude = round(town.longitude + random.gauss(0, 0.03), 5)
    person.language = LANGUAGES.get(town.country, "en") if random.random() < 0.8 else "en"


def birth_date(random: Random, *, today: date, soon: bool) -> date:
    """Return the birthday of somebody aged 19 to 79; `soon` puts it into the coming three weeks."""
    if soon:
        day = today + timedelta(days=random.randint(0, 21))
        return day.replace(year=day.year - random.randint(25, 60), day=min(day.day, 28))
    return today - timedelta(days=int(365.25 * 19) + int(random.triangular(0, 365 * 60, 365 * 16)))


def _ask_consent(person: Person, *, random: Random, today: date) -> None:
    person.email_consent = _draw(EMAIL_CONSENTS, random)
    person.sms_consent = _draw(SMS_CONSENTS, random) if person.phone else "unknown"
    person.channel = (
        "sms" if person.sms_consent == "subscribed" and random.random() < 0.6 else "email"
    )
    if person.since and person.email_consent != "unknown":
        age = max(0, (today - person.since.date()).days)
        later = random.randint(0, age) if person.email_consent == "unsubscribed" else 0
        person.consent_at = moment(
            person.since.date() + timedelta(days=later), hours=SHOP_HOURS, random=random
        )


def _draw(choices: Sequence[tuple[str, int]], random: Random) -> str:
    draw = random.random() * sum(weight for _, weight in choices)
    for choice, weight in choices:
        draw -= weight
        if draw < 0:
            return choice
    return choices[-1][0]
