"""What a scoring method is, and the registry of them. One file each in `methods/`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from segments.scoring.rfm.cuts import Cuts
from segments.scoring.rfm.thresholds import Thresholds, read_thresholds
from tenants.registry import Registry

Labels = Mapping[str, tuple[str, str, str, str, str]]  # dimension → words for 5, 4, 3, 2, 1


@dataclass(frozen=True)
class Method:
    """How three numbers become three scores.

    A method has thresholds, or it ranks (`ranks` steps). `parameters` given to its functions are
    what the merchant edited;
    whatever is missing comes from the method.
    """

    key: str
    label: str
    source: str
    summary: str
    best_for: str
    thresholds: Thresholds | None = None
    ranks: int = 0
    reads_events: bool = False
    frequency_days: int | None = 365  # proposed when the method is chosen; None: all time
    money_days: int | None = 365
    labels: Labels = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """The best score: 5, or 4 for quartiles."""
        return self.ranks or 5

    def clean(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return the whole parameters, ready to store; raise ValidationError by box, in words."""
        clean: dict[str, Any] = {}
        if self.thresholds is not None:
            clean |= read_thresholds(parameters, self.thresholds).as_json()
        if self.reads_events:
            for name in ("activity", "frequency_of"):
                value = parameters.get(name, "")
                if not isinstance(value, str) or len(value) > 64:
                    raise ValidationError({name: "Choose an event, or leave it empty for orders."})
                clean[name] = value
        return clean

    def cuts(self, parameters: Mapping[str, Any]) -> Cuts:
        """Return the cuts of a method with thresholds; a ranking method's come from the data."""
        if self.thresholds is None:
            raise TypeError(f"{self.key} ranks customers: its cuts come from their numbers")
        limits = read_thresholds(parameters, self.thresholds)
        return Cuts(
            recency=limits.recency[::-1],
            frequency=limits.frequency[::-1],
            money=tuple(Decimal(limit) for limit in limits.money[::-1]),
        )

    def reading(self, score: int) -> int:
        """Return the digit under which the five-step maps know a score: quartiles 1, 2, 3, 4 read
        1, 2, 3, 5.
        """
        return 5 if self.steps == 4 and score == 4 else score


METHODS: Registry[Method] = Registry("RFM method")
register = METHODS.register
