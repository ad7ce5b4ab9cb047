"""Why a rule holds for one customer or not: a tree and what was seen at its leaves, in words.

Pure: `segments.explain` sees the values, here they are judged and told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from segments.rules.explain_gaps import gap_words
from segments.rules.explain_words import seen_words
from segments.rules.fields import Catalogue
from segments.rules.sentence import say
from segments.rules.speech import Speech
from segments.rules.tree import Behaviour, Group, Leaf, Logic, Node, enabled, is_evaluated

Path = tuple[int, ...]  # places from the root: the second member's first member is (1, 0)


@dataclass(frozen=True)
class Seen:
    """What one leaf found: the value, whether the leaf holds, and what only the store knows.

    `cut_off` bounds a share of the base; `changes_on` is the next day on which time alone turns the
    leaf; `untold` says why that day cannot be known.
    """

    value: Any
    holds: bool
    cut_off: Any = None
    changes_on: date | None = None
    untold: str = ""


@dataclass(frozen=True)
class Told:
    """One node, told: a leaf with what was seen, or a group with its members."""

    id: str
    words: str
    holds: bool
    logic: str = ""  # of a group
    members: tuple["Told", ...] = ()
    seen: str = ""
    is_unknown: bool = False
    gap: str = ""  # how far from the threshold
    changes_on: date | None = None
    until: str = ""
    untold: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the node as JSON."""
        if self.logic:
            members = [member.as_dict() for member in self.members]
            return {
                "id": self.id,
                "logic": self.logic,
                "holds": self.holds,
                "rules": members,
                "rule": self.words,
            }
        return {
            "id": self.id,
            "rule": self.words,
            "holds": self.holds,
            "seen": self.seen,
            "is_unknown": self.is_unknown,
            "gap": self.gap,
            "changes_on": self.changes_on.isoformat() if self.changes_on else None,
            "until": self.until,
            "untold": self.untold,
        }


def leaves_of(node: Node, path: Path = ()) -> Iterator[tuple[Path, Leaf | Behaviour]]:
    """Yield the evaluated questions about a customer, each with its place."""
    if not is_evaluated(node):
        return
    if not isinstance(node, Group):
        yield path, node
        return
    for place, rule in enabled(node.rules):
        yield from leaves_of(rule, (*path, place))


def judge(node: Node, truths: Mapping[Path, bool | None], path: Path = ()) -> bool | None:
    """Return whether `node` holds; None when leaves that are None could turn it either way."""
    if not isinstance(node, Group):
        return truths[path]
    answers = [judge(rule, truths, (*path, place)) for place, rule in enabled(node.rules)]
    if not answers:
        return False
    decisive = node.logic is not Logic.AND  # one True decides OR and NONE, one False decides AND
    if decisive in answers:
        return node.logic is Logic.OR
    return None if None in answers else node.logic is not Logic.OR


UNSAID = "A sensitive condition that your role does not show"


def tell(
    node: Node,
    seen: Mapping[Path, Seen],
    catalogue: Catalogue,
    speech: Speech,
    *,
    hidden: frozenset[str] = frozenset(),
    unsaid: frozenset[str] = frozenset(),
    path: Path = (),
) -> Told:
    """Return `node` in words; without the values of `hidden` fields, the rules on `unsaid`."""
    if isinstance(node, Group):
        members = tuple(
            tell(rule, seen, catalogue, speech, hidden=hidden, unsaid=unsaid, path=(*path, place))
            for place, rule in enabled(node.rules)
        )
        holds = judge(node, {place: found.holds for place, found in seen.items()}, path)
        words = {"AND": "All of these", "OR": "Any of these", "NONE": "None of these"}[node.logic]
        return Told(node.id, words, bool(holds), logic=str(node.logic), members=members)
    if isinstance(node, Leaf) and node.field in unsaid:
        return Told(node.id, UNSAID, seen[path].holds, seen="hidden from your role")
    is_hidden = isinstance(node, Leaf) and node.field in hidden
    return _tell_leaf(node, seen[path], catalogue, speech, is_hidden=is_hidden)


def _tell_leaf(
    leaf: Leaf | Behaviour, found: Seen, catalogue: Catalogue, speech: Speech, *, is_hidden: bool
) -> Told:
    words = say(leaf, catalogue, speech)
    words = f"{words[:1].upper()}{words[1:]}"
    if is_hidden:
        return Told(leaf.id, words, found.holds, seen="hidden from your role")
    said, is_unknown = seen_words(leaf, found, catalogue, speech)
    return Told(
        id=leaf.id,
        words=words,
        holds=found.holds,
        seen=said,
        is_unknown=is_unknown,
        gap="" if is_unknown else gap_words(leaf, found, catalogue, speech),
        changes_on=found.changes_on,
        until=_until(found, speech),
        untold=found.untold,
    )


def _until(found: Seen, speech: Speech) -> str:
    if found.changes_on is None:
        return ""
    day = speech.day(found.changes_on)
    return (
        f"holds until the end of {_before(found, speech)}" if found.holds else f"holds from {day}"
    )


def _before(found: Seen, speech: Speech) -> str:
    assert found.changes_on is not None
    return speech.day(date.fromordinal(found.changes_on.toordinal() - 1))
