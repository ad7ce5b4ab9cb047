"""What is known of one customer's days, and why the day a rule turns may be beyond knowing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from segments.rules.tree import Behaviour

HOURS = "a window of hours moves all day long"
SHARE = "it depends on what all other customers do"
NIGHTLY = "scores are worked out again each night"
MOVES = "it depends on when they enter or leave other segments"


class Untold(Exception):  # noqa: N818 - an answer
    """When a leaf turns cannot be known; the message says why."""


@dataclass(frozen=True)
class History:
    """The days of one customer that edges can meet."""

    ordered: frozenset[date] = frozenset()  # days of orders, of any kind
    refunded: frozenset[date] = frozenset()
    ahead: frozenset[date] = frozenset()  # later days on which a fact appears or stops counting
    birthday: date | None = None
    spent: Decimal = Decimal(0)
    rows: Mapping[str, frozenset[date]] = field(default_factory=dict)  # behaviour → days of rows
    # Behaviour → day and measured value of the rows that pass its filters, where they stay so.
    measured: Mapping[Behaviour, list[tuple[date, Any]]] = field(default_factory=dict)
    values: Mapping[Any, frozenset[date]] = field(default_factory=dict)  # dates that a where reads
    moves: Mapping[int, frozenset[date]] = field(default_factory=dict)  # segment → days of changes
    active: frozenset[date] = frozenset()  # days of events, where rolled-up activity is asked for
    restless: frozenset[int] = frozenset()  # segments that time or a score may move
