"""How values are said: dates resolved, money in the merchant's currency, lists with commas."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from segments.rules.clock import Clock

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "AUD": "A$", "CAD": "CA$", "NZD": "NZ$", "JPY": "¥"}


@dataclass(frozen=True)
class Speech:
    """The merchant's currency and clock, and the names of segments by id."""

    clock: Clock
    currency: str = "USD"
    segment_name: Callable[[int], str] = str

    def money(self, amount: Decimal) -> str:
        """Say an amount: `$1,000.00`, or `1,000.00 SEK` where no sign is customary."""
        symbol = SYMBOLS.get(self.currency)
        sign = "−" if amount < 0 else ""
        figure = f"{abs(amount):,.2f}"
        return f"{sign}{symbol}{figure}" if symbol else f"{sign}{figure} {self.currency}"

    def day(self, day: date) -> str:
        """Say a date: `22 Aug 2026`."""
        return f"{day.day} {day:%b %Y}"


def number(value: Decimal) -> str:
    """Say a number without trailing zeros."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def joined(words: Sequence[str], last: str = "or") -> str:
    """Join words as people do: `a, b or c`; beyond six, say how many more."""
    if len(words) > 6:
        return f"{', '.join(words[:5])} {last} {len(words) - 5:,} more"
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
