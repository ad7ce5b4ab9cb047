"""Whether an order is a sample, and how far it is: pure, the truth that the SQL is held to.

Words are compared folded (commerce.text). A pattern's `%` stands for any text, also none.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from commerce.text import fold
from samples.models import SampleOrder

Kind, State, FoundBy = SampleOrder.Kind, SampleOrder.State, SampleOrder.FoundBy

# Where patterns are looked for, in this order. A connector keeps a sale's attribution in `channel`.
PLACES = (("channel", FoundBy.CHANNEL), ("source_name", FoundBy.SOURCE), ("app", FoundBy.APP))
# Platforms write one status in several ways; every other word means: not sent yet.
FULFILLED = frozenset(["fulfilled", "not_required", "fulfillment_not_required"])
PARTIAL = frozenset(["partial", "partially_fulfilled"])


class Told(Protocol):
    """What the settings hold: SampleSettings, or a draft of them."""

    @property
    def ugc_tags(self) -> Sequence[str]: ...
    @property
    def tiktok_tags(self) -> Sequence[str]: ...
    @property
    def channel_patterns(self) -> Sequence[str]: ...
    @property
    def zero_price_only(self) -> bool: ...


@dataclass(frozen=True)
class Rules:
    """The settings, folded and ready to compare."""

    ugc: frozenset[str]
    tiktok: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    zero_price_only: bool

    @classmethod
    def of(cls, told: Told) -> "Rules":
        """Return the rules that the settings mean; empty words mean nothing."""
        return cls(
            ugc=_folded(told.ugc_tags),
            tiktok=_folded(told.tiktok_tags),
            patterns=tuple(map(compiled, sorted(_folded(told.channel_patterns)))),
            zero_price_only=told.zero_price_only,
        )

    def fits(self, text: str) -> bool:
        """Say whether a channel, source or app is one of a pattern's."""
        folded = fold(text)
        return folded != "" and any(pattern.fullmatch(folded) for pattern in self.patterns)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What of an order can say that it is a sample."""

    tags: Sequence[str] = ()
    channel: str = ""
    source_name: str = ""
    app: str = ""
    total: Decimal = Decimal(0)
    shipping_total: Decimal = Decimal(0)
    tax_total: Decimal = Decimal(0)

    @property
    def costs_nothing(self) -> bool:
        """Whether the goods were free: nothing is left without shipping and tax."""
        return self.total - self.shipping_total - self.tax_total <= 0


@dataclass(frozen=True)
class Match:
    """What an order is a sample by: the word as it stands on the order."""

    kind: SampleOrder.Kind
    found_by: SampleOrder.FoundBy
    word: str


def match(facts: Facts, *, rules: Rules) -> Match | None:
    """Return what makes the order a sample; both kinds at once are UGC."""
    tag = _first(facts.tags, rules.ugc)
    if tag is not None:
        return Match(Kind.UGC, FoundBy.TAG, tag)
    if rules.zero_price_only and not facts.costs_nothing:
        return None
    tag = _first(facts.tags, rules.tiktok)
    if tag is not None:
        return Match(Kind.TIKTOK, FoundBy.TAG, tag)
    for place, found_by in PLACES:
        text = getattr(facts, place)
        if rules.fits(text):
            return Match(Kind.TIKTOK, found_by, text)
    return None


def state_of(fulfillment_status: str, *, is_cancelled: bool) -> SampleOrder.State:
    """Return how far a sample is; cancelled ones are never pending."""
    if is_cancelled:
        return State.CANCELLED
    return state_of_word(fulfillment_status)


def state_of_word(fulfillment_status: str) -> SampleOrder.State:
    """Return what a platform's word for fulfilment means; an unknown one: not sent yet."""
    word = re.sub(r"[\s-]+", "_", fold(fulfillment_status))
    if word in FULFILLED:
        return State.FULFILLED
    return State.PARTIAL if word in PARTIAL else State.PENDING


def compiled(pattern: str) -> re.Pattern[str]:
    """Return a folded pattern as an expression for the whole text."""
    return re.compile(".*".join(map(re.escape, pattern.split("%"))), re.DOTALL)


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(folded for word in words if (folded := fold(word)))


def _first(tags: Iterable[str], wanted: frozenset[str]) -> str | None:
    return next((tag for tag in tags if fold(tag) in wanted), None)
