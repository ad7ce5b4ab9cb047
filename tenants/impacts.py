"""What a change of time zone or currency would do: floors name what they rebuild."""

from collections.abc import Callable
from dataclasses import dataclass

from tenants.registry import Registry


@dataclass(frozen=True)
class Change:
    """A merchant's settings before and after."""

    timezone: tuple[str, str]
    currency: tuple[str, str]

    @property
    def is_zone_changed(self) -> bool:
        return self.timezone[0] != self.timezone[1]

    @property
    def is_currency_changed(self) -> bool:
        return self.currency[0] != self.currency[1]


@dataclass(frozen=True)
class Impact:
    """`preview` counts and says what would change, or is empty; `apply` starts the rebuild."""

    key: str
    label: str
    preview: Callable[[Change], str]
    apply: Callable[[Change], None]


IMPACTS: Registry[Impact] = Registry("impact")  # filled by commerce and segments
register = IMPACTS.register


def previews(change: Change) -> list[tuple[str, str]]:
    """Return (label, sentence) of everything that would change."""
    return [(one.label, words) for one in IMPACTS if (words := one.preview(change))]


def apply(change: Change) -> None:
    """Start every rebuild `change` needs; called in the merchant's schema, after the save."""
    for impact in IMPACTS:
        if impact.preview(change):
            impact.apply(change)
