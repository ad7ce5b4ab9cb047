"""Where one score ends and the next begins: what every method comes down to."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Cuts:
    """Limits for the scores 2, 3 … k, in that order; None is a score nobody reaches.

    A score is 1 plus the number of limits met: recency in days at most, frequency at least, money
    at least.
    """

    recency: tuple[int | None, ...]
    frequency: tuple[int | None, ...]
    money: tuple[Decimal | None, ...]
    money_within: int | None = (
        None  # days: older last orders score 1 in money (they are not ranked)
    )
