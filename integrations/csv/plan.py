"""A mapping made ready to run: from a row's cells to one line of COPY's text format."""

import json
from dataclasses import dataclass
from hashlib import md5
from zoneinfo import ZoneInfo

from integrations.csv.attributes import Attributes
from integrations.csv.columns import Column, Style, columns
from integrations.csv.fields import ATTRIBUTE, PROPERTY, Kind, field
from integrations.csv.mapping import LINES, ROWS, Mapping
from integrations.csv.values import NULL

# What tells rows without an id apart. Not every column: the same file with one more of them mapped
# is still the same file.
_LINE_CONTENT = ("placed_at", "sku", "product", "quantity", "price", "line_discount", "line_total")
_ROW_CONTENT = ("customer_id", "email", "placed_at", "total", "currency", "store", "sku", "product")


@dataclass(frozen=True)
class Plan:
    """`names` of the staged columns, and `encode` for their values."""

    mapping: Mapping
    names: list[str]
    columns: list[tuple[Column, int]]
    content: list[int]  # indexes of the cells that make a row's identity
    content_length: int
    attributes: Attributes | None = None

    def encode(self, cells: list[str], line: int) -> str:
        """Return the row as COPY takes it; raise Refused with the reason."""
        read = [column.cells[cells[index]] for column, index in self.columns]
        content = md5(  # noqa: S324 - identity, not secrecy
            "\x1f".join([cells[index] for index in self.content]).encode("utf-8", "replace")
        ).hexdigest()[: self.content_length]
        if self.attributes is not None:
            read.append(self.attributes.encode(cells))
        return "\t".join([str(line), content, *read])

    def understand(self, cells: list[str]) -> dict[str, str]:
        """Return what the row means, by staged column, for a preview; raise Refused."""
        found = {
            column.name: column.cells[cells[index]].replace("\\\\", "\\")
            for column, index in self.columns
        }
        if self.attributes is not None:
            told = self.attributes.encode(cells)
            found |= {} if told == NULL else json.loads(told.replace("\\\\", "\\"))
        return {name: value for name, value in found.items() if value != NULL}


def make_plan(mapping: Mapping, *, kinds: dict[str, str] | None = None) -> Plan:
    """Compile a mapping without problems. `kinds` of custom attributes by key."""
    style = Style(
        dates=mapping.dates,
        decimal=mapping.decimal,
        zone=ZoneInfo(mapping.timezone or "UTC"),
        kind=mapping.kind,
    )
    targets = mapping.targets
    required = _required(mapping)
    found: dict[str, tuple[Column, int]] = {}
    extra: dict[str, int] = {}
    for target, index in targets.items():
        if target.startswith((ATTRIBUTE, PROPERTY)):
            extra[target.partition(".")[2]] = index
            continue
        made = columns(field(mapping.kind, target), style=style, required=required.get(target, ""))
        for column in made:
            # A column of its own (first name) weighs more than one that is derived (whole name).
            if column.name not in found or column.name == target:
                found[column.name] = (column, index)
    attributes = Attributes(extra, kinds or {}, style) if extra else None
    names = ["row_no", "content", *found] + (["attributes"] if attributes else [])
    return Plan(
        mapping,
        names,
        list(found.values()),
        _content(mapping),
        16 if mapping.kind == Kind.ORDERS and mapping.shape == LINES else 32,
        attributes,
    )


def _required(mapping: Mapping) -> dict[str, str]:
    """Return the fields without which a row is none, and how the reason names them."""
    if mapping.kind == Kind.EVENTS:
        return {"event": "event name", "occurred_at": "date"}
    if mapping.kind == Kind.CUSTOMERS:
        return {}
    if mapping.shape == LINES:
        price = {} if "line_total" in mapping.targets else {"price": "price"}
        return {"number": "order number", **price}
    number = {} if mapping.shape == ROWS else {"number": "order number"}
    return {"placed_at": "date", "total": "amount", **number}


def _content(mapping: Mapping) -> list[int]:
    targets = mapping.targets
    if mapping.kind == Kind.EVENTS:
        return sorted(targets.values())
    if mapping.kind == Kind.CUSTOMERS:
        return []
    wanted = _LINE_CONTENT if mapping.shape == LINES else _ROW_CONTENT
    return [targets[key] for key in wanted if key in targets]
