"""The organics shop's customers: how they buy, what they like, what they told about themselves."""

from datetime import date
from random import Random

from integrations.demo.habits import YEARS_BACK, Habit
from integrations.demo.names import american_phone
from integrations.demo.organics.catalogue import APPEAL, BY_CATEGORY
from integrations.demo.people import Crowd, gather_people
from integrations.demo.records import Person
from integrations.demo.season import PRESENTS
from integrations.demo.towns import AMERICAN

# Every RFM segment is populated as in a shop of this kind: a tenth very good, a third gone.
HABITS = (
    Habit("champion", 0.055, first=(390, 1000), last=(1, 26), gap=26),
    Habit("loyal", 0.085, first=(240, 1050), last=(4, 55), gap=45),
    Habit("steady", 0.11, first=(130, 1000), last=(2, 62), gap=78, size=0.9),
    Habit("rising", 0.06, first=(32, 130), last=(1, 40), gap=34),
    Habit("fresh", 0.08, first=(1, 30)),
    Habit("this week", 0.012, first=(1, 6), size=1.6),
    Habit("tried once", 0.06, first=(31, 90)),
    Habit("anniversary", 0.012, first=(366, 371), last=(5, 250), gap=90),
    Habit("slipping", 0.07, first=(300, 1200), last=(61, 90), gap=58),
    Habit("just slipped", 0.012, first=(200, 900), last=(61, 66), gap=42),
    Habit("dozing", 0.085, first=(160, 900), last=(91, 178), gap=120, size=0.8),
    Habit("at risk", 0.055, first=(380, 900), last=(93, 172), gap=31),
    Habit("dear and gone", 0.025, first=(400, 1400), last=(184, 320), gap=36, size=2.2),
    Habit("hibernating", 0.09, first=(320, YEARS_BACK), last=(181, 420), gap=115),
    Habit("big once", 0.015, first=(183, 350), size=5),
    Habit("gone", 0.16, first=(182, YEARS_BACK)),
    Habit("prospect", 0.045),
    Habit("creator", 0.008),
    Habit("staff", 0.003, first=(200, 800), last=(2, 40), gap=40),
    Habit("wholesale", 0.0024, first=(300, 900), last=(5, 60), gap=45, size=5),
    Habit("marketplace", 0.0006, first=(500, 700), last=(1, 4), gap=6),
)
CROWD = Crowd(
    prefix="C", habits=HABITS, towns=AMERICAN, months=PRESENTS, phone=american_phone, birthdays=0.45
)
TAGS = (
    ("newsletter", 0.3),
    ("gift buyer", 0.12),
    ("farm box", 0.08),
    ("allergy: nuts", 0.03),
    ("local pickup", 0.07),
)
DIETS = ("vegan", "vegetarian", "gluten-free", "dairy-free", "pescatarian")
SKIN_TYPES = ("dry", "oily", "sensitive", "combination")


def make_people(random: Random, *, today: date, count: int) -> list[Person]:
    """Return the shop's customers."""
    people = gather_people(CROWD, random=random, today=today, count=count)
    categories, weights = list(APPEAL), list(APPEAL.values())
    for person in people:
        person.tastes = tuple(
            dict.fromkeys(random.choices(categories, weights, k=random.choice((1, 2, 3, 4))))
        )
        if random.random() < 0.28:  # they come back for one thing
            person.staple = random.choice(BY_CATEGORY[person.tastes[0]]).name
        person.tags = [tag for tag, share in TAGS if random.random() < share]
        _describe(person, random)
    return people


def _describe(person: Person, random: Random) -> None:
    """Let some of them tell what they eat, how their skin is, and whether they follow the shop."""
    if random.random() < 0.22:
        person.attributes["dietary_preference"] = sorted(
            random.sample(DIETS, k=random.choice((1, 1, 2)))
        )
    if "Skincare" in person.tastes and random.random() < 0.5:
        person.attributes["skin_type"] = random.choice(SKIN_TYPES)
    if random.random() < 0.6:
        person.follows = random.random() < 0.35
    person.is_vip = person.habit == "champion" and random.random() < 0.12
