"""Custom attributes of customers and properties of events: the columns without a field, as JSON."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from commerce.models import AttributeDefinition
from integrations.csv.columns import Style
from integrations.csv.moments import day, moment, parse
from integrations.csv.numbers import number
from integrations.csv.values import NULL, Cells, items, text, yes_no

AttributeKind = AttributeDefinition.Kind
_NUMBER = re.compile(r"-?\d{1,15}([.,]\d+)?")
_YES_NO = {"true", "false", "yes", "no", "ja", "nein", "oui", "non"}


def key_of(label: str) -> str:
    """Return a header as the key of an attribute: letters, digits and underscores."""
    return re.sub(r"\W+", "_", label.strip().lower(), flags=re.ASCII).strip("_")[:64] or "value"


class Attributes:
    """The readers of some columns, and their values together as one JSON object."""

    def __init__(self, indexes: dict[str, int], kinds: dict[str, str], style: Style) -> None:
        self.parts = [
            (json.dumps(key), index, Cells(_json(kinds.get(key, ""), style)))
            for key, index in indexes.items()
        ]

    def encode(self, cells: list[str]) -> str:
        """Return the cells as a JSON object for COPY, without blanks; NULL when all are blank."""
        told = [f"{key}:{value}" for key, index, read in self.parts
                if (value := read[cells[index]]) != NULL]  # fmt: skip
        return "{" + ",".join(told) + "}" if told else NULL


def _json(kind: str, style: Style) -> Callable[[str], str]:
    """Return a reader into JSON; without a declared kind numbers and yes or no are told by eye."""
    readers: dict[str, Callable[[str], str]] = {
        AttributeKind.NUMBER: number("the number", decimal=style.decimal, digits=15),
        AttributeKind.MONEY: number("the amount", decimal=style.decimal),
        AttributeKind.YES_NO: lambda cell: "true" if yes_no(cell) == "t" else "false",
        AttributeKind.DATE: lambda cell: _quoted(day("the date", style=style.dates)(cell)),
        AttributeKind.MOMENT: lambda cell: _quoted(
            moment("the moment", style=style.dates, zone=style.zone)(cell)
        ),
        AttributeKind.LIST: lambda cell: json.dumps(_list(cell), ensure_ascii=False),
        AttributeKind.TEXT: lambda cell: _quoted(text(2_000)(cell)),
    }
    return readers.get(kind, _by_eye)


def _quoted(cell: str) -> str:
    return json.dumps(cell, ensure_ascii=False)


def _list(cell: str) -> list[str]:
    found: Any = items(255)(cell)
    return re.findall(r'"((?:[^"\\]|\\.)*)"', found or "")


def _by_eye(cell: str) -> str:
    if cell.lower() in ("true", "false"):
        return cell.lower()
    is_number = re.fullmatch(r"-?(0|[1-9]\d{0,14})(\.\d{1,10})?", cell)
    return cell if is_number else _quoted(cell[:2_000])


def guess_kinds(samples: dict[str, Iterable[str]], *, dates: str) -> dict[str, str]:
    """Return the kind that all values of a key fit, text otherwise."""
    found: defaultdict[str, str] = defaultdict(lambda: AttributeKind.TEXT)
    for key, cells in samples.items():
        values = [cell.strip() for cell in cells if cell.strip()]
        if not values:
            continue
        if all(value.lower() in _YES_NO for value in values):
            found[key] = AttributeKind.YES_NO
        elif all(_NUMBER.fullmatch(value) and not re.match(r"-?0\d", value) for value in values):
            found[key] = AttributeKind.NUMBER
        elif all(len(value) > 7 and parse(value, style=dates) for value in values):
            has_time = any(":" in value for value in values)
            found[key] = AttributeKind.MOMENT if has_time else AttributeKind.DATE
    return dict(found)
