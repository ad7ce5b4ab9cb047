"""The generated store as three gzipped CSV files, in columns the import understands by itself."""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from integrations.demo.records import Event, Order, Person

_LINES = """
    order_number store placed_at customer_id product sku category vendor quantity price unit_cost
    line_discount
"""
_WHOLE = """
    email discount_codes tax shipping refunded refunded_at cancelled_at test channel source app tags
    fulfillment_status financial_status fulfilled_at
"""
_CUSTOMERS = """
    customer_id email first_name last_name phone country region city postal_code latitude longitude
    language birthday customer_since email_consent email_consent_at sms_consent sms_consent_at
    communication_channel tags is_vip loyalty_tier loyalty_points reviews_count referrals_count
    follows_social
"""
ORDER_COLUMNS = (*_LINES.split(), *_WHOLE.split())
BLANK = [""] * len(_WHOLE.split())  # of an order's further lines
CUSTOMER_COLUMNS = tuple(_CUSTOMERS.split())
EVENT_COLUMNS = ("event_id", "customer_id", "event", "occurred_at")


def write(path: Path, *, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a gzipped CSV whose bytes depend on the rows alone: no file name, no time inside."""
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=1, mtime=0) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", newline="", write_through=False) as text,
    ):
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def customer_columns(attributes: Sequence[str]) -> list[str]:
    """Return the columns of the customers' file, the custom attributes last."""
    return [*CUSTOMER_COLUMNS, *(f"attr.{key}" for key in attributes)]


def event_columns(properties: Sequence[str]) -> list[str]:
    """Return the columns of the events' file, the properties last."""
    return [*EVENT_COLUMNS, *(f"prop.{key}" for key in properties)]


def money(cents: int) -> str:
    """Return cents as a decimal amount."""
    return f"{cents // 100}.{cents % 100:02d}"


def order_rows(orders: Iterable[Order]) -> Iterator[list[Any]]:
    """Return one row per line; what belongs to the whole order stands on its first line."""
    for order in orders:
        person = order.person
        before = [order.number, order.store, order.placed_at, person.key if person else ""]
        whole = _whole(order)
        for line in order.lines:
            product = line.product
            yield [
                *(*before, product.name, product.sku, product.category, product.vendor),
                *(line.quantity, money(line.price), money(product.cost), money(line.discount)),
                *whole,
            ]
            whole = BLANK


def _whole(order: Order) -> list[Any]:
    return [
        order.email,
        ",".join(order.codes),
        money(order.tax),
        money(order.shipping),
        money(order.refunded) if order.refunded else "",
        order.refunded_at or "",
        order.cancelled_at or "",
        "true" if order.is_test else "",
        order.channel,
        order.source,
        order.app,
        ",".join(order.tags),
        order.fulfillment,
        order.financial,
        order.fulfilled_at or "",
    ]


def customer_rows(people: Iterable[Person], *, attributes: Sequence[str]) -> Iterator[list[Any]]:
    """Return one row per person, followed by the custom attributes in the order given."""
    for person in people:
        town = person.town
        consent_at = person.consent_at or ""
        yield [
            *(person.key, person.email, person.first_name, person.last_name, person.phone),
            *((town.country, town.region, town.name) if town else ("", "", "")),
            *(
                person.postal_code,
                _plain(person.latitude),
                _plain(person.longitude),
                person.language,
            ),
            *(_plain(person.birthday), _plain(person.since), person.email_consent, consent_at),
            *(person.sms_consent, consent_at if person.phone else "", person.channel),
            *(",".join(person.tags), _plain(person.is_vip), person.tier, _plain(person.points)),
            *(person.reviews, person.referrals, _plain(person.follows)),
            *(_plain(person.attributes.get(key)) for key in attributes),
        ]


def property_columns(events: Iterable[Event]) -> list[str]:
    """Return the properties that occur in the events, in the order of the alphabet."""
    return sorted({key for event in events for key in event.properties})


def event_rows(events: Iterable[Event], *, properties: Sequence[str]) -> Iterator[list[Any]]:
    """Return one row per event, followed by its properties in the order given."""
    places = {key: place for place, key in enumerate(properties)}
    blank: list[Any] = [""] * len(places)
    for serial, event in enumerate(events, start=1):
        told = blank.copy()
        for key, value in event.properties.items():
            if key in places:
                told[places[key]] = value
        yield [f"E{serial}", event.person.key, event.name, event.at, *told]


def _plain(value: Any) -> Any:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return ",".join(map(str, value))
        case _:
            return value
