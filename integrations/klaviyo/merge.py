"""The three-way merge of a segment and a list. Pure: sets in, what is to be done out.

Beside what both sides hold stands `base`, what they last agreed on. Only with it can somebody who
was added here be told from somebody who was removed there.
"""

from collections.abc import Set
from dataclasses import dataclass

Key = int | str  # a customer, or a profile that is nobody's customer
Keys = frozenset[Key]
PUSH, PULL, BOTH = "push", "pull", "both"
OURS, KLAVIYO, UNION = "ours", "klaviyo", "union"


@dataclass(frozen=True)
class Rules:
    """How a list is kept in step. `takes_members`: the segment is chosen by hand."""

    direction: str = PUSH
    policy: str = OURS
    takes_members: bool = False

    @property
    def writes(self) -> bool:
        return self.direction != PULL

    @property
    def fills_segment(self) -> bool:
        return self.takes_members and self.direction != PUSH


@dataclass(frozen=True)
class Plan:
    """What makes both sides agree. `undone`: changes made at Klaviyo that do not stand."""

    add_there: Keys = frozenset()
    remove_there: Keys = frozenset()
    add_here: Keys = frozenset()
    remove_here: Keys = frozenset()
    exclude: Keys = frozenset()  # taken out at Klaviyo: no longer sent
    lift: Keys = frozenset()  # sent again
    undone: Keys = frozenset()
    base: Keys = frozenset()  # once all of this is done

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be done on either side."""
        return not (self.add_there or self.remove_there or self.add_here or self.remove_here)


def merge(
    *, base: Set[Key], wanted: Set[Key], theirs: Set[Key], excluded: Set[Key], rules: Rules
) -> Plan:
    """Return what is to be done; `wanted`: the segment's members that may be sent."""
    lift = _lifted(wanted, theirs, excluded, rules=rules)
    ours = wanted - (excluded - lift)
    we_added, they_added = ours - base - theirs, theirs - base - ours
    we_removed, they_removed = (base - ours) & theirs, (base - theirs) & ours
    none: Keys = frozenset()
    add_there = remove_there = add_here = remove_here = exclude = undone = kept = none
    if rules.writes:
        add_there, remove_there = frozenset(we_added), frozenset(we_removed)
        if rules.policy == OURS:
            undone = frozenset(they_added | they_removed)
            add_there, remove_there = add_there | they_removed, remove_there | they_added
        elif rules.fills_segment:
            add_here, remove_here = frozenset(they_added), frozenset(they_removed)
        else:
            exclude = frozenset(they_removed)
    elif rules.fills_segment:
        is_mirror = rules.policy == KLAVIYO
        add_here = frozenset(they_added | we_removed if is_mirror else they_added)
        remove_here = frozenset(they_removed | we_added if is_mirror else they_removed)
        kept = none if is_mirror else frozenset(we_removed)  # else they would come back for ever
    elif rules.policy != OURS:
        exclude = frozenset(they_removed)
    here = (ours | add_here) - remove_here - exclude
    there = (theirs | add_there) - remove_there
    return Plan(
        add_there, remove_there, add_here, remove_here, exclude, lift, undone,
        frozenset(here & there) | kept,
    )  # fmt: skip


def _lifted(wanted: Set[Key], theirs: Set[Key], excluded: Set[Key], *, rules: Rules) -> Keys:
    """Return the exclusions that are over: put back at Klaviyo, or no longer the list's policy."""
    if rules.policy == OURS:
        return frozenset(excluded)
    back = excluded & theirs
    # Whoever leaves the segment and enters it again was added by us, which counts under union.
    left = excluded - wanted if rules.policy == UNION else frozenset()
    return frozenset(back | left)
