"""What a ready-made segment is: rules as data, whom to expect, and what it is for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tenants.registry import Registry

Rule = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What a merchant's library reads of the store before it writes a rule down."""

    healthy_categories: tuple[str, ...] = ()
    core_feature: str = ""
    segments: dict[str, int] = field(default_factory=dict)  # key of a preset → segment made of it


@dataclass(frozen=True)
class Action:
    """What the segment is meant for. `kind` names the action that will do it; until there is one,
    `label` says it and the segment's list is what a merchant takes elsewhere.
    """

    kind: str  # coupon, promotion, series, outreach
    label: str
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Preset:
    """One entry of the library. `key` is kept with the segments made of it, `label` is their name.

    `rules(told)` returns None while the store has not what the rule reads; `needs` says what
    that is. `companions` are presets that must be segments first: the rule reads them.
    """

    key: str
    label: str
    family: str
    summary: str
    rules: Callable[[Told], Rule | None]
    expected: tuple[float, float] | None = None  # percent of customers, where a source says so
    use: str = ""
    best_first: str = ""  # the field by which its list is worked down
    action: Action | None = None
    needs: str = ""
    events: tuple[str, ...] = ()  # the store must have data for one of them
    companions: tuple[str, ...] = ()
    is_manual: bool = False  # chosen by hand, no rules


@dataclass(frozen=True)
class Family:
    """Presets that belong together on the page; `place` is where they stand."""

    key: str
    label: str
    summary: str
    place: int


FAMILIES: Registry[Family] = Registry("family of presets")
PRESETS: Registry[Preset] = Registry("preset")


def families() -> list[Family]:
    """Return the families in the order of the page."""
    return sorted(FAMILIES, key=lambda family: family.place)
