"""Reading the numbers of a score's parameters: each fault under the name of its box."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError


class Boxes:
    """Collects the faults of one form; `raise_faults` raises them all at once."""

    def __init__(self, stored: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        self.stored, self.defaults = stored, defaults
        self.faults: dict[str, list[str]] = {}

    def raw(self, name: str) -> Any:
        """Return what is stored under a name, or its default."""
        return self.stored.get(name, self.defaults[name])

    def number(self, name: str, *, least: Any = 0, most: Any = 1_000_000) -> str:
        """Return a number as exact text."""
        return self._read(name, self.raw(name), least, most)

    def numbers(
        self, name: str, *, falling: bool = False, least: Any = 0, most: Any = 1_000_000
    ) -> list[str]:
        """Return limits that rise (or fall) without a repetition, as many as the default has."""
        raw, wanted = self.raw(name), len(self.defaults[name])
        if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) != wanted:
            self.fault(name, f"Enter {wanted} numbers.")
            return list(self.defaults[name])
        found = [self._read(name, value, least, most) for value in raw]
        figures = [Decimal(text) for text in found]
        if sorted(set(figures), reverse=falling) != figures and name not in self.faults:
            way = "fall" if falling else "rise"
            self.fault(name, f"The limits must {way} from left to right.")
        return found

    def points(self, name: str) -> list[int]:
        """Return points of 0 to 100, one for each level."""
        raw, wanted = self.raw(name), len(self.defaults[name])
        if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) != wanted:
            self.fault(name, f"Enter {wanted} numbers.")
            return list(self.defaults[name])
        return [int(Decimal(self._read(name, value, 0, 100, whole=True))) for value in raw]

    def fault(self, name: str, text: str) -> None:
        """Note a fault of a box."""
        if text not in self.faults.setdefault(name, []):
            self.faults[name].append(text)

    def raise_faults(self) -> None:
        """Raise ValidationError by box when there is any fault."""
        if self.faults:
            raise ValidationError(dict(self.faults))

    def _read(self, name: str, raw: Any, least: Any, most: Any, *, whole: bool = False) -> str:
        try:
            value = Decimal(str(raw).strip())
        except InvalidOperation:
            self.fault(name, f"“{str(raw)[:20]}” is no number.")
            return "0"
        if not value.is_finite() or not least <= value <= most:
            self.fault(name, f"Enter a number from {least:,} to {most:,}.")
            return "0"
        if whole and value != value.to_integral_value():
            self.fault(name, "Enter a whole number.")
            return "0"
        return plain(value)


def plain(value: Decimal) -> str:
    """Return a number without zeros that say nothing: two ways to write it are one setting."""
    text = format(value.normalize(), "f")
    return "0" if text in ("-0", "") else text
