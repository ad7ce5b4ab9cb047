"""The app's users: cohorts by how they use it, and the companies they come from."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from integrations.demo.habits import Habit
from integrations.demo.names import american_phone
from integrations.demo.people import Crowd, gather_people
from integrations.demo.records import Person
from integrations.demo.season import EVEN
from integrations.demo.towns import WORLDWIDE


@dataclass(frozen=True, slots=True)
class Cohort:
    """How a group uses the app: sessions a week, actions a session, features, days since active."""

    sessions: tuple[int, int] = (0, 0)
    actions: tuple[int, int] = (1, 1)
    features: tuple[int, int] = (1, 1)
    idle: tuple[int, int] = (0, 3)
    plans: str = "free"  # the plans its people are on, by weight of repetition
    cancelled: tuple[int, int] | None = None  # days ago
    trial_left: tuple[int, int] | None = None  # days until the trial ends
    onboarded: float = 1.0
    reached_aha: float = 0.7


PAID = "starter starter pro pro pro enterprise"
MIXED = "free free free starter starter pro"
# key → (share, days since signup, usage)
COHORTS: dict[str, tuple[float, tuple[int, int], Cohort]] = {
    "power": (0.05, (60, 1300), Cohort((6, 7), (9, 9), (10, 14), (0, 1), PAID + " enterprise")),
    "core": (0.21, (35, 1150), Cohort((2, 3), (5, 5), (3, 8), (0, 3), PAID + " free free free")),
    "casual": (0.3, (31, 1000), Cohort((1, 1), (1, 3), (1, 2), (0, 6), MIXED)),
    "single feature": (0.025, (31, 900), Cohort((2, 3), (3, 6), (1, 1), (0, 3), MIXED)),
    "dormant": (0.13, (60, 1400), Cohort((1, 2), (1, 4), (1, 5), (15, 85), MIXED)),
    "dear dormant": (
        *(0.012, (120, 1300)),
        Cohort((1, 1), (1, 3), (1, 3), (15, 50), "enterprise"),
    ),
    "declining": (0.035, (90, 1200), Cohort((6, 6), (3, 6), (3, 7), (1, 4), PAID)),
    "churned": (0.06, (120, 1300), Cohort((1, 1), (1, 4), (1, 4), (8, 95), PAID, (5, 89))),
    "long gone": (0.075, (300, 1440), Cohort(plans=PAID, idle=(200, 300), cancelled=(95, 290))),
    "trial": (
        *(0.022, (2, 13)),
        Cohort((2, 4), (2, 6), (2, 5), (0, 2), "trial", trial_left=(1, 13), onboarded=0.7),
    ),
    "ready to buy": (
        *(0.01, (8, 13)),
        Cohort((7, 7), (8, 12), (9, 13), (0, 0), "trial", trial_left=(1, 6), reached_aha=1),
    ),
    "new signup": (0.006, (1, 1), Cohort(idle=(1, 1), onboarded=0, reached_aha=0)),
    "onboarding": (0.01, (2, 7), Cohort(idle=(1, 1), onboarded=0, reached_aha=0)),
    "activated": (0.025, (9, 29), Cohort((2, 3), (3, 7), (2, 4), (0, 3), MIXED, reached_aha=1)),
    "explorer": (0.012, (10, 28), Cohort((3, 5), (5, 9), (6, 9), (0, 2), MIXED)),
    "never came": (0.03, (40, 900), Cohort(onboarded=0, reached_aha=0)),
    "creator": (0.006, (60, 700), Cohort()),
    "staff": (0.003, (300, 1300), Cohort((4, 5), (8, 12), (8, 12), (0, 1))),
}
HABITS = tuple(Habit(key, share, first=signup) for key, (share, signup, _) in COHORTS.items())
CROWD = Crowd("U", HABITS, WORLDWIDE, EVEN, american_phone, birthdays=0.08, early=0)
INDUSTRIES = ("tech", "tech", "saas", "saas", "media", "retail", "education", "health", "finance")
TITLES = ("manager", "manager", "director", "vp", "engineer", "designer", "founder", "analyst")
SIZES = (1, 3, 8, 12, 25, 40, 80, 150, 300, 480, 900, 2500)


def usage(person: Person) -> Cohort:
    """Return how this person uses the app."""
    return COHORTS[person.habit][2]


def make_people(random: Random, *, today: date, count: int) -> list[Person]:
    """Return the app's users; their one day until now is the day of signup."""
    people = gather_people(CROWD, random=random, today=today, count=count)
    for person in people:
        cohort = usage(person)
        size = random.choice(SIZES)
        plan = random.choice(cohort.plans.split())
        ready = person.habit == "ready to buy"
        person.attributes = {
            "company": f"{person.last_name} {random.choice(('Labs', 'Works', 'Studio', 'Group'))}",
            "company_size": 40 if ready else size,
            "industry": "saas" if ready else random.choice(INDUSTRIES),
            "job_title": "director" if ready else random.choice(TITLES),
            "team_size": 6 if ready else max(1, min(size, random.choice((1, 1, 1, 2, 4, 7, 12)))),
            "plan": plan,
            "onboarding_completed": random.random() < cohort.onboarded,
            "first_action": person.habit not in ("new signup", "onboarding", "never came"),
            "aha_moment_reached": random.random() < cohort.reached_aha,
        }
        _subscribe(person, cohort, random, today=today)
        person.follows = random.random() < 0.2 if random.random() < 0.5 else None
    return people


def _subscribe(person: Person, cohort: Cohort, random: Random, *, today: date) -> None:
    told, plan = person.attributes, person.attributes["plan"]
    told["subscription_status"] = {"free": "none", "trial": "trialing"}.get(plan, "active")
    told["mrr"] = 0
    if plan in ("starter", "pro", "enterprise"):
        seats = 1 if plan == "starter" else min(told["team_size"], 4)
        told["seats"] = seats
        told["billing"] = "yearly" if random.random() < 0.3 else "monthly"
        told["mrr"] = {"starter": 19, "pro": 59, "enterprise": 249}[plan] * seats
    if cohort.trial_left:
        left = random.randint(*cohort.trial_left)
        told["trial_ends_on"] = today + timedelta(days=left)
    if cohort.cancelled:
        told["churned_on"] = today - timedelta(days=random.randint(*cohort.cancelled))
        told["subscription_status"], told["mrr"], told["paid_plan"] = "cancelled", 0, plan
        told["plan"] = "free"
