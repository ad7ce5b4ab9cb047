"""How a file is understood: kept with it as JSON, proposed by detection, edited by the merchant."""

from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from integrations.csv.fields import ATTRIBUTE, FIELDS, PROPERTY, Kind

LINES, ORDERS, ROWS = "lines", "orders", "rows"
SHAPES = {
    LINES: "One row per order line",
    ORDERS: "One row per order",
    ROWS: "One row per purchase, without order numbers",
}


@dataclass
class Mapping:
    """What the columns mean and how values are written. Column labels are made unique."""

    kind: str
    labels: list[str]
    columns: dict[str, str]  # column label → field key, attr.<key> or prop.<name>
    delimiter: str = ","
    encoding: str = "utf-8"
    dates: str = "ymd"
    decimal: str = "."
    timezone: str = ""
    rates: dict[str, str] = field(default_factory=dict)  # currency → rate into the merchant's
    refund_prefix: str = "C"  # of negative invoices' numbers
    doubts: list[str] = field(default_factory=list)  # keys the detection could not be sure of

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Mapping":
        """Return the stored mapping; unknown keys are left out."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})

    @property
    def targets(self) -> dict[str, int]:
        """Return the index of the column that each field is read from."""
        return {
            self.columns[label]: index
            for index, label in enumerate(self.labels)
            if self.columns.get(label)
        }

    @property
    def shape(self) -> str:
        """Return what a row of a file of orders stands for."""
        targets = self.targets
        if "number" not in targets:
            return ROWS
        return LINES if {"price", "line_total"} & set(targets) else ORDERS

    def problems(self) -> list[str]:
        """Return what has to be mended before an import, in words."""
        known = {each.key for each in FIELDS[Kind(self.kind)]}
        chosen = [target for target in self.columns.values() if target]
        found = [
            f"“{target}” is nothing a column of this kind of file can mean."
            for target in chosen
            if target not in known and not target.startswith((ATTRIBUTE, PROPERTY))
        ]
        found += [
            f"Two columns are said to be “{target}”. Choose one."
            for target in sorted({each for each in chosen if chosen.count(each) > 1})
        ]
        if self.timezone and self.timezone not in available_timezones():
            found.append(f"There is no time zone “{self.timezone}”. Write one like Europe/London.")
        return found + self._missing(set(chosen)) + self._bad_rates()

    def _missing(self, chosen: set[str]) -> list[str]:
        if self.kind == Kind.CUSTOMERS:
            return [] if {"customer_id", "email"} & chosen else [
                "Say which column holds the customer id or the e-mail."]  # fmt: skip
        if self.kind == Kind.EVENTS:
            wanted = {"event": "the event's name", "occurred_at": "the date and time"}
        else:
            wanted = {"placed_at": "the date of the order"}
            if self.shape != LINES:
                wanted["total"] = "the amount"
        return [f"Say which column holds {label}." for key, label in wanted.items()
                if key not in chosen]  # fmt: skip

    def _bad_rates(self) -> list[str]:
        found = []
        for code, rate in self.rates.items():
            try:
                good = Decimal(str(rate)) > 0 and len(code) == 3
            except ArithmeticError:
                good = False
            if not good:
                found.append(f"“{code} {rate}” is no rate: write a currency and a number above 0.")
        return found
