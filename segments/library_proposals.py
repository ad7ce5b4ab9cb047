"""Which ready-made segments an empty list proposes."""

from collections.abc import Iterator

from segments.library import Shelved
from segments.presets import families

PROPOSED = 5
# Percent of the customers: fewer are hardly worth a campaign, more are hardly a choice.
BELIEVABLE = (0.5, 30.0)


def proposals(shelved: list[Shelved]) -> list[Shelved]:
    """Return five that this store's own data speak for: of believable size, one family after the
    other, not made yet.
    """
    low, high = BELIEVABLE
    found = [
        one
        for one in shelved
        if one.segment is None and not one.missing and one.percent and low <= one.percent <= high
    ]
    return list(_dealt(found))[:PROPOSED]


def _dealt(found: list[Shelved]) -> Iterator[Shelved]:
    rows = [[one for one in found if one.preset.family == family.key] for family in families()]
    for place in range(max((len(row) for row in rows), default=0)):
        yield from (row[place] for row in rows if place < len(row))
