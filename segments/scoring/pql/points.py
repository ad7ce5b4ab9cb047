"""From the signals somebody shows to a score: exact, and the same for a page and for a pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from segments.scoring.pql.signals import GROUPS

CENT, FULL = Decimal("0.01"), Decimal(100)
QUALIFIED, NOT_YET = "qualified", "not_yet"
BANDS = ((QUALIFIED, "Qualified"), (NOT_YET, "Not yet"))


@dataclass(frozen=True)
class Outcome:
    """A score with what it comes from."""

    score: Decimal
    urgency: Decimal
    reached: dict[str, int]  # group → points reached
    possible: dict[str, int]

    def percent(self, group: str) -> Decimal:
        """Return the share of a group's points that was reached, in percent."""
        possible = self.possible[group]
        return FULL * self.reached[group] / possible if possible else Decimal(0)


def outcome(parameters: Mapping[str, Any], mask: int) -> Outcome:
    """Return what the signals whose bits are set in `mask` come to.

    Σ weight × points reached ÷ points possible × 100 over the groups, by the weights' sum, times
    the multipliers of urgency, 100 at most, rounded half up to cents (source 002).
    """
    reached = {group: 0 for group, _ in GROUPS}
    possible, urgency = dict(reached), Decimal(1)
    for place, signal in enumerate(parameters["signals"]):
        if signal["rule"] is None:
            continue
        is_shown = bool(mask >> place & 1)
        if not signal["group"]:
            urgency *= Decimal(signal["worth"]) if is_shown else 1
            continue
        points = int(Decimal(signal["worth"]))
        possible[signal["group"]] += points
        reached[signal["group"]] += points if is_shown else 0
    found = Outcome(Decimal(0), urgency, reached, possible)
    weights = {group: Decimal(parameters[f"weight_{group}"]) for group, _ in GROUPS}
    total = sum(weights.values())
    raw = sum((weights[group] * found.percent(group) for group, _ in GROUPS), Decimal(0)) / total
    score = min(raw * urgency, FULL).quantize(CENT, ROUND_HALF_UP)
    return Outcome(score, urgency, reached, possible)


def band_of(parameters: Mapping[str, Any], score: Decimal) -> str:
    """Return whether a score makes somebody a product-qualified lead."""
    return QUALIFIED if score >= Decimal(parameters["threshold"]) else NOT_YET


def rows(
    parameters: Mapping[str, Any], masks: Sequence[int]
) -> list[tuple[int, Decimal, Decimal, str, int, int, int]]:
    """Return a row for each different mask: mask, score, urgency, band, points by group."""
    found = []
    for mask in masks:
        one = outcome(parameters, mask)
        points = tuple(one.reached[group] for group, _ in GROUPS)
        urgency = one.urgency.quantize(Decimal("0.0001"))
        found.append((mask, one.score, urgency, band_of(parameters, one.score), *points))
    return found  # type: ignore[return-value]
