"""The tree of a Shopify segment query, as frozen values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Offset:
    """So many days, weeks, months or years from today: `-30d`, `+1y`."""

    amount: int
    unit: str  # d, w, m, y


@dataclass(frozen=True)
class Word:
    """A bare word that stands for something: `today`, `90_days_ago`, `true`, `SUBSCRIBED`."""

    text: str


Value = str | Decimal | date | Offset | Word


@dataclass(frozen=True)
class Condition:
    """One clause; `values` has two for `between`, none for `null`, any number for `matches`."""

    filter: str
    operator: str  # eq ne gt gte lt lte between contains null matches
    values: tuple[Value, ...] = ()
    parameters: tuple["Condition", ...] = ()
    is_negated: bool = False  # NOT CONTAINS, IS NOT NULL, NOT MATCHES, NOT BETWEEN
    text: str = ""  # as it was written


@dataclass(frozen=True)
class Group:
    """Clauses joined by AND (`all`) or OR (`any`)."""

    join: str
    parts: tuple["Node", ...]


Node = Group | Condition
