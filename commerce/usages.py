"""Where a custom attribute is used: filled by the floors that use it, read before it changes."""

from collections.abc import Callable
from dataclasses import dataclass

from tenants.registry import Registry


@dataclass(frozen=True)
class Usage:
    """One kind of user of attributes. `find(key)` returns (name, address) of each use of it."""

    key: str
    label: str  # in the plural: segments, syncs
    find: Callable[[str], list[tuple[str, str]]]


ATTRIBUTES: Registry[Usage] = Registry("attribute usage")


def uses_of(attribute: str) -> list[tuple[str, str, str]]:
    """Return (kind of user, name, address) of everything that uses the attribute of this key."""
    return [
        (usage.label, name, address)
        for usage in ATTRIBUTES
        for name, address in usage.find(attribute)
    ]
