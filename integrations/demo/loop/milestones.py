"""What happened once or a few times: signing up, the first success, invites, prices, help."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from integrations.demo.loop.people import usage
from integrations.demo.loop.plans import PREMIUM, TOOLS
from integrations.demo.records import Event, Person
from integrations.demo.season import OFFICE_HOURS, moment

ACTIVE = ("power", "core", "explorer", "ready to buy", "activated")
# event → how often somebody active does it in the last weeks (chance, fewest, most)
HABITUAL = {
    "value_moment": (0.6, 3, 5),
    "item_created": (0.35, 4, 12),
    "item_shared": (0.25, 5, 8),
    "invite_sent": (0.22, 3, 5),
    "comment_made": (0.25, 5, 8),
    "shared_view": (0.22, 10, 13),
    "premium_feature_used": (0.2, 1, 3),
    "tool_integrated": (0.25, 1, 2),
}
BUYING = {
    "pricing_page_viewed": 3,
    "upgrade_clicked": 2,
    "sales_content_opened": 2,
    "competitor_compared": 1,
}
TOPICS = ("billing", "import", "permissions", "bug", "how to")


def reach_milestones(random: Random, *, today: date, people: list[Person]) -> Iterator[Event]:
    """Return the milestones of everybody."""
    for person in people:
        if person.since is None:
            continue
        yield Event(person, "signed_up", person.since, {"plan": person.attributes["plan"]})
        yield from _first_days(person, random, today=today)
        yield from _habitual(person, random, today=today)
        yield from _buying(person, random, today=today)
        yield from _subscription(person, random)
        if random.random() < 0.08:
            topic = random.choice(TOPICS)
            yield _at(person, "support_ticket_opened", random, today=today, topic=topic)


def _at(person: Person, name: str, random: Random, *, today: date, **properties: str) -> Event:
    """Return an event since signup, within four weeks of the last active day."""
    assert person.since
    signup = (today - person.since.date()).days
    idle = min(usage(person).idle[0], signup)
    days_ago = random.randint(max(1, idle), max(1, idle, min(signup, idle + 27)))
    at = moment(today - timedelta(days=days_ago), hours=OFFICE_HOURS, random=random)
    return Event(person, name, at, dict(properties))


def _first_days(person: Person, random: Random, *, today: date) -> Iterator[Event]:
    assert person.since
    told, signup = person.attributes, (today - person.since.date()).days
    for name, is_so in (
        ("onboarding_completed", told["onboarding_completed"]),
        ("aha_moment", told["aha_moment_reached"]),
    ):
        if is_so and signup > 1:
            later = random.randint(1, max(1, min(6, signup - 1)))
            yield Event(person, name, person.since + timedelta(days=later), {})


def _habitual(person: Person, random: Random, *, today: date) -> Iterator[Event]:
    if person.habit not in ACTIVE:
        return
    for name, (chance, fewest, most) in HABITUAL.items():
        if person.habit != "ready to buy" and random.random() > chance:
            continue
        times = max(most - 2, fewest) if person.habit == "ready to buy" else None
        for _ in range(times or random.randint(fewest, most)):
            properties = {}
            if name == "tool_integrated":
                properties = {"tool": random.choice(TOOLS)}
            elif name == "premium_feature_used":
                properties = {"feature": random.choice(PREMIUM)}
            yield _at(person, name, random, today=today, **properties)


def _buying(person: Person, random: Random, *, today: date) -> Iterator[Event]:
    for name, times in BUYING.items():
        if person.habit == "ready to buy":
            for _ in range(times):
                yield _at(person, name, random, today=today)
        elif person.habit in (*ACTIVE, "trial", "casual") and random.random() < 0.05:
            yield _at(person, name, random, today=today)


def _subscription(person: Person, random: Random) -> Iterator[Event]:
    told = person.attributes
    plan = told.get("paid_plan", told["plan"])
    assert person.since
    if plan == "trial":
        yield Event(person, "trial_started", person.since, {"ends_on": str(told["trial_ends_on"])})
    elif told["subscription_status"] in ("active", "cancelled"):
        yield Event(person, "subscription_started", person.since, {"plan": plan})
    if churned := told.get("churned_on"):
        at = moment(churned, hours=OFFICE_HOURS, random=random)
        reason = random.choice(("price", "missing feature", "company closed", "switched"))
        yield Event(person, "subscription_cancelled", at, {"plan": plan, "reason": reason})
