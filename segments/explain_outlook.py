"""An explanation, and its words about the list and about what time will do."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from commerce.models import Customer
from segments.explain_future import Future
from segments.models import Membership, MembershipChange, Segment
from segments.rules.dependencies import dependencies
from segments.rules.explain import Told
from segments.rules.fields import Catalogue
from segments.rules.speech import Speech, joined
from segments.rules.tree import Group


@dataclass(frozen=True)
class Explanation:
    """`holds`: what the rule says as of `as_of`. `changes_on`: the next day time alone turns it.

    `is_member`, `since`: what stands in the segment's list, None without a segment. `outlook` says
    in words what time will do; `at_latest`: it may turn earlier, because of `untold`.
    """

    customer_id: int
    as_of: datetime
    holds: bool
    sentence: str
    outlook: str
    changes_on: date | None = None
    at_latest: bool = False
    untold: tuple[str, ...] = ()
    root: Told | None = None
    held_out: str = ""  # left out of the base: why no rule can hold
    is_member: bool | None = None
    since: datetime | None = None
    cause: str = ""  # of the last entry or exit, in words

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as JSON."""
        return {
            "customer": self.customer_id,
            "as_of": self.as_of.isoformat(),
            "holds": self.holds,
            "is_member": self.is_member,
            "since": self.since.isoformat() if self.since else None,
            "cause": self.cause,
            "sentence": self.sentence,
            "outlook": self.outlook,
            "changes_on": self.changes_on.isoformat() if self.changes_on else None,
            "at_latest": self.at_latest,
            "untold": list(self.untold),
            "held_out": self.held_out,
            "rules": self.root.as_dict() if self.root else None,
        }


def outlook(holds: bool, future: Future, tree: Group, catalogue: Catalogue, speech: Speech) -> str:
    """Return what time alone will do, in one sentence."""
    unless = _unless(tree, catalogue)
    because = joined(future.unsure, "and")
    if future.turns_on is None:
        if future.unsure:
            return f"When this changes cannot be told: {because}."
        if future.looked_until is not None:
            day = speech.day(future.looked_until)
            return f"Time alone changes nothing before {day}; later days were not looked at."
        return "Time alone does not change this."
    day = speech.day(future.turns_on)
    said = f"Leaves on {day}" if holds else f"Enters on {day}"
    said += " at the latest" if future.unsure else ""
    said += f" unless {unless}" if holds else " if nothing else changes"
    return f"{said}. It may be earlier: {because}." if future.unsure else f"{said}."


def _unless(tree: Group, catalogue: Catalogue) -> str:
    facts = dependencies(tree, catalogue).facts
    return "they order" if "orders" in facts else "something else about them changes"


def held_out(customer_id: int) -> str:
    """Return why a customer belongs to no segment at all."""
    customer = Customer.objects.get(pk=customer_id)
    if customer.merged_into_id is not None:
        return "Merged into another customer, who is looked at instead."
    if customer.erased_at is not None:
        return "Erased: segments hold nobody who was erased."
    why = customer.get_left_out_as_display().lower()
    return f"Left out of all segments and figures: {why}."


def listed(segment: Segment, customer_id: int, *, as_of: datetime) -> Explanation:
    """Explain membership of a segment whose members are given as a list."""
    if not Customer.objects.filter(pk=customer_id).exists():
        raise Customer.DoesNotExist(f"There is no customer {customer_id}.")
    said = f"{segment.get_kind_display()}: its members are given as a list, not found by a rule."
    stays = "Time alone does not change this."
    told = Explanation(customer_id, as_of, holds=False, sentence=said, outlook=stays)
    told = with_membership(told, segment)
    return replace(told, holds=bool(told.is_member))


def with_membership(told: Explanation, segment: Segment) -> Explanation:
    """Add what stands in the segment's list: since when, and what moved them last."""
    mine = {"segment": segment, "customer_id": told.customer_id}
    member = Membership.objects.filter(**mine).first()
    change = MembershipChange.objects.filter(**mine).order_by("-at", "-pk").first()
    return replace(
        told,
        is_member=member is not None,
        since=member.since if member else None,
        cause=change.get_cause_display() if change else "",
    )
