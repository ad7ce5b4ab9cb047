"""What a sync of a list would do: both sides read from the database, merged, judged."""

from dataclasses import dataclass

from integrations.klaviyo import audience, guards
from integrations.klaviyo.merge import Key, Plan, Rules, merge
from integrations.models import KlaviyoList, KlaviyoMember, KlaviyoRefusal
from segments.models import Membership, Segment


@dataclass(frozen=True)
class Outlook:
    """A plan with what makes it understandable."""

    plan: Plan
    concern: str  # why somebody has to be asked
    skipped: dict[str, int]  # reason → customers

    @property
    def print(self) -> str:
        return guards.print_of(self.plan)


def rules_of(link: KlaviyoList) -> Rules:
    """Return how the list is kept in step."""
    is_manual = link.segment.kind == Segment.Kind.MANUAL
    return Rules(link.direction, link.policy, takes_members=is_manual)


def look_ahead(link: KlaviyoList) -> Outlook:
    """Return what would be done now, from what is known of the list at Klaviyo."""
    base: set[Key] = set()
    theirs: set[Key] = set()
    excluded: set[Key] = set()
    fields = ("customer_id", "profile_id", "in_base", "is_there", "is_excluded")
    rows = KlaviyoMember.objects.filter(list=link).values_list(*fields)
    for customer, profile, in_base, is_there, is_excluded in rows.iterator(chunk_size=10_000):
        key: Key = customer or profile
        for holds, keys in ((in_base, base), (is_there, theirs), (is_excluded, excluded)):
            if holds:
                keys.add(key)
    wanted: set[Key] = set(_wanted(link))
    rules = rules_of(link)
    plan = merge(base=base, wanted=wanted, theirs=theirs, excluded=excluded, rules=rules)
    out = len(excluded & wanted - plan.lift)
    return Outlook(
        plan,
        guards.concern(plan, base=len(base), wanted=len(wanted), theirs=len(theirs)),
        _skipped(link, plan, count=len(wanted), excluded=out),
    )


def _wanted(link: KlaviyoList) -> set[int]:
    """Return who of our side takes part: whom we may send, or, only reading, every member."""
    if link.writes:
        return audience.wanted(link)
    members = Membership.objects.filter(segment=link.segment_id)
    return set(members.values_list("customer_id", flat=True))


def _skipped(link: KlaviyoList, plan: Plan, *, count: int, excluded: int) -> dict[str, int]:
    told = audience.skipped(link, count=count) if link.writes else {}
    more = {
        "excluded": excluded,
        "refused": KlaviyoRefusal.objects.filter(list=link).count(),
        "unknown": sum(isinstance(key, str) for key in plan.add_here),
    }
    return told | {reason: number for reason, number in more.items() if number}
