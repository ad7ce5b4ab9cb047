"""How the cells of each field are read, and into which staged columns (one to four)."""

from dataclasses import dataclass
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from integrations.csv import values
from integrations.csv.countries import country, country_or_nothing
from integrations.csv.fields import Field, Kind
from integrations.csv.moments import day, moment
from integrations.csv.numbers import number
from integrations.csv.values import Cells

FOLDED = {
    "region": "region_key",
    "city": "city_key",
    "product": "product_key",
    "category": "category_key",
    "loyalty_tier": "tier_key",
}


@dataclass(frozen=True)
class Style:
    """How the file writes dates and numbers."""

    dates: str
    decimal: str
    zone: ZoneInfo
    kind: str


class Column(NamedTuple):
    """A staged column and the reader of its cells."""

    name: str
    cells: Cells


def columns(field: Field, *, style: Style, required: str = "") -> list[Column]:
    """Return the staged columns that a file's column meaning `field` fills."""
    what, _, size = field.reads.partition(":")
    if what in ("text", "folded", "list"):
        return _texts(field, what, int(size), required)
    if what in _PAIRS:
        return [
            Column(name or field.key, Cells(read, required=required))
            for name, read in _PAIRS[what].items()
        ]
    return [Column(field.key, Cells(_single(field, what, style), required=required))]


def _texts(field: Field, what: str, size: int, required: str) -> list[Column]:
    if what == "list":
        return [Column("tags" if field.key == "order_tags" else field.key,
                       Cells(values.items(size)))]  # fmt: skip
    found = [Column(field.key, Cells(values.text(size), required=required))]
    if what == "folded":
        found.append(Column(FOLDED[field.key], Cells(values.folded(size))))
    if field.key in ("first_name", "last_name"):
        found.append(Column(field.key.replace("name", "key"), Cells(values.folded(size))))
    return found


# What is read → staged column ("" is the field's own) and reader.
_PAIRS: dict[str, dict[str, Any]] = {
    "email": {"email": values.email, "email_key": values.email_key},
    "phone": {"phone": values.text(64), "phone_key": values.phone_key},
    "tags": {"tags": values.items(255), "tag_keys": values.items(255, is_folded=True)},
    "name": {
        "first_name": values.first_name,
        "last_name": values.last_name,
        "first_key": lambda cell: values.folded(200)(values.first_name(cell)),
        "last_key": lambda cell: values.folded(200)(values.last_name(cell)),
    },
    "id": {"": values.name("the customer id", 191)},
    "order": {"": values.name("the order number", 64)},
    "event": {"": values.text(64)},
    "event_id": {"": values.name("the event id", 191)},
    "yes_no": {"": values.yes_no},
    "consent": {"": values.consent},
    "currency": {"": values.currency},
    "language": {"": values.folded(16)},
    "latitude": {"": values.degrees("the latitude", 90)},
    "longitude": {"": values.degrees("the longitude", 180)},
    "points": {"": values.whole("points", least=-(2**31))},
    "count": {"": values.whole("the count")},
}


def _single(field: Field, what: str, style: Style) -> Any:
    label = field.label[0].lower() + field.label[1:]
    if what == "moment":
        return moment(label, style=style.dates, zone=style.zone)
    if what == "day":
        return day(label, style=style.dates)
    if what == "money":
        return number(label, decimal=style.decimal)
    if what == "quantity":
        return number(label, decimal=style.decimal, digits=7)
    if what == "country":
        return country if style.kind == Kind.CUSTOMERS else country_or_nothing
    raise KeyError(what)
