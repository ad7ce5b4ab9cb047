"""What is known of codes and people when a code is checked; `facts` reads it, `judging` judges."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from segments.promotions.persons import Person


@dataclass(frozen=True)
class Side:
    """A segment of a code, as it stands."""

    id: int
    slug: str
    name: str
    kind: str
    state: str
    refreshed_at: datetime | None
    is_excluded: bool


@dataclass(frozen=True)
class CodeFacts:
    """A code with its segments."""

    id: int
    code: str
    discount: str
    value: Decimal | None
    match: str
    starts_at: datetime | None
    ends_at: datetime | None
    most_total: int | None
    most_each: int | None
    unknown: str
    state: str
    redeemed_count: int
    sides: tuple[Side, ...]


@dataclass(frozen=True)
class PersonFacts:
    """Somebody: known by one id, by none, or by several customers' e-mail (`many`)."""

    person: Person
    id: int | None = None
    many: int = 0
    segments: frozenset[int] = frozenset()
    uses: dict[int, int] | None = None  # code → times, where the code is limited

    def times(self, code: CodeFacts) -> int:
        """Return how often they have used a code."""
        return (self.uses or {}).get(code.id, 0)
