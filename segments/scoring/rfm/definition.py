"""Everything a run needs to know, read once: settings, map, order policy."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from commerce.models import OrderPolicy
from commerce.rollups.counted import heeded_reasons
from segments.models import RfmSettings
from segments.scoring.rfm.maps import SegmentMap, find_map
from segments.scoring.rfm.method import Method
from segments.scoring.rfm.methods import METHODS

Weights = tuple[Decimal, Decimal, Decimal]
LONGEST_PERIOD = 3_660  # ten years; longer is "all time"


@dataclass(frozen=True)
class Definition:
    """How customers are scored. Two equal definitions over the same facts and day give the same
    scores.
    """

    method: Method
    parameters: dict[str, Any]
    map: SegmentMap
    frequency_days: int | None
    money_days: int | None
    weights: Weights
    exclude_first_days: int
    minimum_orders: int
    minimum_spend: Decimal
    names_segments: bool
    reasons: tuple[str, ...]  # the reasons why an order may not count that the policy heeds

    @property
    def activity(self) -> str:
        """The event that recency reads, or nothing for orders."""
        return str(self.parameters.get("activity", ""))

    @property
    def frequency_of(self) -> str:
        """The event that frequency counts, or nothing for orders."""
        return str(self.parameters.get("frequency_of", ""))

    @property
    def periods(self) -> tuple[int, ...]:
        """The lengths in days after which an order leaves a period."""
        lengths = {self.frequency_days, self.money_days, self.exclude_first_days}
        return tuple(sorted(length for length in lengths if length))

    @property
    def segment_keys(self) -> tuple[str, ...]:
        """The segments customers are named after; none when only scores are wanted."""
        return self.map.keys if self.names_segments else ()

    def as_json(self) -> dict[str, Any]:
        """Return what a run keeps of it; equal values mean equal definitions."""
        cells = "".join(self.map.cells[code] for code in sorted(self.map.cells))
        return {
            "method": self.method.key,
            "parameters": self.parameters,
            "map": self.map.key,
            "map_cells": hashlib.sha256(cells.encode()).hexdigest()[:16],
            "frequency_days": self.frequency_days,
            "money_days": self.money_days,
            "weights": [str(weight.normalize()) for weight in self.weights],
            "exclude_first_days": self.exclude_first_days,
            "minimum_orders": self.minimum_orders,
            "minimum_spend": str(self.minimum_spend.normalize()),
            "names_segments": self.names_segments,
            "reasons": list(self.reasons),
        }


def read_definition(settings: RfmSettings) -> Definition:
    """Return the definition `settings` stand for; raise ValidationError by box, in words."""
    if settings.method not in METHODS:
        known = ", ".join(method.key for method in METHODS)
        raise ValidationError(
            {"method": f"There is no method “{settings.method}”. Choose one of: {known}."}
        )
    method = METHODS[settings.method]
    weights = (
        Decimal(settings.weight_r),
        Decimal(settings.weight_f),
        Decimal(settings.weight_m),
    )
    if min(weights) < 0 or sum(weights) == 0:
        raise ValidationError({"weight_r": "Give weights of zero or more, one of them above zero."})
    for name in ("frequency_days", "money_days"):
        days = getattr(settings, name)
        if days is not None and not 1 <= days <= LONGEST_PERIOD:
            raise ValidationError(
                {name: f"Give 1 to {LONGEST_PERIOD} days, or nothing for all time."}
            )
    return Definition(
        method=method,
        parameters=method.clean(settings.parameters.get(method.key, {})),
        map=find_map(settings.map_key),
        frequency_days=settings.frequency_days,
        money_days=settings.money_days,
        weights=weights,
        exclude_first_days=settings.exclude_first_days,
        minimum_orders=settings.minimum_orders,
        minimum_spend=Decimal(settings.minimum_spend),
        names_segments=settings.names_segments,
        reasons=tuple(heeded_reasons(OrderPolicy.current())),
    )
