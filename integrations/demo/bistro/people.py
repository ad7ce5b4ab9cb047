"""The bistro's guests: when they come, what they eat and celebrate, how far away they live."""

from datetime import date
from random import Random

from integrations.demo.bistro.menu import HEALTHY
from integrations.demo.habits import YEARS_BACK, Habit
from integrations.demo.names import british_phone
from integrations.demo.people import Crowd, birth_date, gather_people
from integrations.demo.records import Person
from integrations.demo.season import TERRACE
from integrations.demo.towns import BRITISH

# A restaurant lives on a few who come every week; half of its list came once or twice.
HABITS = (
    Habit("super regular", 0.012, first=(120, 300), last=(1, 3), gap=2.7, shift="lunch"),
    Habit("lunch regular", 0.038, first=(150, 480), last=(1, 25), gap=13, shift="lunch"),
    Habit("dinner regular", 0.04, first=(200, 1000), last=(2, 28), gap=26, shift="dinner"),
    Habit("weekend table", 0.06, first=(150, 1000), last=(2, 42), gap=56, shift="weekend"),
    Habit("big table", 0.03, first=(100, 900), last=(3, 150), gap=70, size=3.2, shift="dinner"),
    Habit("celebration", 0.003, first=(90, 400), last=(1, 4), gap=80, shift="party"),
    Habit("paused regular", 0.018, first=(200, 600), last=(33, 57), gap=9, shift="lunch"),
    Habit("about to lapse", 0.04, first=(150, 900), last=(47, 57), gap=42, shift="dinner"),
    Habit("just slipped", 0.012, first=(150, 900), last=(62, 66), gap=30, shift="dinner"),
    Habit("slipping", 0.065, first=(200, 1000), last=(68, 120), gap=48, shift="mixed"),
    Habit("quiet", 0.1, first=(220, 1100), last=(121, 178), gap=110, shift="mixed"),
    Habit("lapsed regular", 0.05, first=(400, 1200), last=(183, 340), gap=36, shift="dinner"),
    Habit("lapsed", 0.07, first=(500, YEARS_BACK), last=(341, 900), gap=80, shift="mixed"),
    Habit("big once", 0.012, first=(184, 340), size=4, shift="dinner"),
    Habit("gone", 0.17, first=(184, YEARS_BACK), shift="mixed"),
    Habit("tried once", 0.075, first=(31, 180), shift="mixed"),
    Habit("second visit", 0.035, first=(25, 110), last=(2, 24), gap=30, shift="mixed"),
    Habit("first month", 0.065, first=(8, 29), shift="mixed"),
    Habit("first week", 0.015, first=(1, 6), size=1.7, shift="dinner"),
    Habit("prospect", 0.05),
    Habit("creator", 0.006),
    Habit("staff", 0.003, first=(200, 700), last=(2, 30), gap=12, shift="lunch"),
)
CROWD = Crowd(
    prefix="G", habits=HABITS, towns=BRITISH, months=TERRACE, phone=british_phone, birthdays=0.66
)
DIETS = ("vegan", "vegetarian", "gluten-free", "nut-free", "halal", "pescatarian")
OCCASIONS = ("birthday", "wedding anniversary", "graduation", "promotion", "new year")
TAGS = (
    ("window table", 0.08),
    ("business lunch", 0.1),
    ("high chair", 0.05),
    ("dog friend", 0.04),
    ("critic", 0.003),
)


def make_people(random: Random, *, today: date, count: int) -> list[Person]:
    """Return the bistro's guests."""
    people = gather_people(CROWD, random=random, today=today, count=count)
    for person in people:
        if person.shift == "mixed":
            person.shift = random.choice(("lunch", "dinner", "dinner", "weekend", "any"))
        if random.random() < 0.09:
            person.tastes = HEALTHY
        elif person.shift != "lunch" and random.random() < 0.4:
            person.tastes = ("Wine",)
        person.tags = [tag for tag, share in TAGS if random.random() < share]
        _describe(person, random, today=today)
    return people


def _describe(person: Person, random: Random, *, today: date) -> None:
    told = person.attributes
    if random.random() < 0.24:
        told["dietary_preference"] = sorted(random.sample(DIETS, k=random.choice((1, 1, 2))))
    if random.random() < 0.3:
        told["special_occasions"] = sorted(random.sample(OCCASIONS, k=random.choice((1, 1, 2))))
        if "wedding anniversary" in told["special_occasions"]:
            soon = random.random() < 0.1
            wedding = birth_date(random, today=today, soon=soon)
            year = today.year - random.randint(1, 24)
            # No 29 February: that year may not have one.
            told["wedding_anniversary"] = wedding.replace(year=year, day=min(wedding.day, 28))
    if random.random() < 0.4:
        told["usual_party_size"] = max(1, round(random.gauss(2.6, 1.2) * min(person.size, 2)))
    if random.random() < 0.7:
        person.follows = random.random() < 0.3
    person.is_vip = person.habit in ("super regular", "big table") and random.random() < 0.2
