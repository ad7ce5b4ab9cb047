"""From records to the staging tables, by COPY."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import groupby
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from commerce.ingest.columns import EVENT, KEYS, LINE, ORDER, PERSON, PROFILE, REFUND
from commerce.ingest.records import EventRecord, LineRecord, OrderRecord, PersonRecord, RefundRecord
from commerce.keys import key, tag_pairs
from commerce.models import Customer, Event, Order, OrderLine
from commerce.text import fold, phone_digits

Record = PersonRecord | OrderRecord | RefundRecord | EventRecord

_TABLES: dict[type, tuple[str, dict[str, str]]] = {
    PersonRecord: ("stage_person", PERSON),
    OrderRecord: ("stage_order", ORDER),
    LineRecord: ("stage_line", LINE),
    RefundRecord: ("stage_refund", REFUND),
    EventRecord: ("stage_event", EVENT),
}


def _lengths(model: Any) -> dict[str, int]:
    return {f.name: f.max_length for f in model._meta.get_fields() if getattr(f, "max_length", 0)}


_LENGTHS = {
    PersonRecord: _lengths(Customer),
    OrderRecord: _lengths(Order),
    LineRecord: _lengths(OrderLine),
    RefundRecord: {"currency": 3},
    EventRecord: _lengths(Event),
}


def stage(cursor: Any, records: Iterable[Record]) -> None:
    """Copy the records; the last of several with one id wins. People need not be told by orders:
    who is named by an order, refund or event alone is staged as a person of that id or e-mail."""
    rows: list[tuple[type, dict[str, Any]]] = []
    people: dict[str, dict[str, Any]] = {}
    latest: dict[tuple[type, str], Record] = {}
    for record in records:
        ref = record.external_id or key(getattr(record, "email", None) or "", length=254)
        latest[type(record), ref] = record
    for record in latest.values():
        rows.extend(_rows(record, people))
    rows.extend((PersonRecord, person) for person in people.values())
    rows.sort(key=lambda row: row[0].__name__)
    for kind, group in groupby(rows, key=lambda row: row[0]):
        _copy(cursor, kind, [row for _, row in group])


def _rows(record: Record, people: dict[str, dict[str, Any]]) -> Iterator[tuple[type, dict]]:
    if isinstance(record, PersonRecord):
        person = _person(record)
        if person["ref"]:
            people[person["ref"]] = person
        return
    row = _plain(record)
    row["ref"] = record.external_id
    email_key = key(record.email or "", length=254)
    row["person"] = record.person or email_key or None
    if row["person"] and row["person"] not in people:
        people[row["person"]] = {
            "ref": row["person"],
            "external_id": record.person,
            "email": record.email,
            "email_key": email_key or None,
            "is_partial": True,
            "source_at": getattr(record, "source_at", None),
        }
    if isinstance(record, OrderRecord):
        row["email_key"] = email_key or None
        for line in record.lines or ():
            yield LineRecord, _line(line, record.external_id)
    elif isinstance(record, RefundRecord):
        row["order_ref"] = record.order
    yield type(record), row


def _plain(record: Any) -> dict[str, Any]:
    lengths = _LENGTHS[type(record)]
    row = {}
    for each in fields(record):
        value = getattr(record, each.name)
        if isinstance(value, str):
            value = _clean(value)[: lengths.get(each.name)]
        elif isinstance(value, dict):
            value = Jsonb(_clean_json(value))
        row[each.name] = value
    return row


def _clean(text: str) -> str:
    """Return `text` as PostgreSQL can hold it: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8").strip()


def _clean_json(value: Any) -> Any:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, dict):
        return {_clean(str(name)): _clean_json(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_clean_json(inner) for inner in value]
    return value


def _person(record: PersonRecord) -> dict[str, Any]:
    row = _plain(record)
    for name, followed in KEYS.items():
        value = row[followed]
        if value is None:
            continue
        if name == "tag_keys":
            row["tags"], row["tag_keys"] = tag_pairs([_clean(tag) for tag in value])
        elif name == "phone_key":
            row[name] = phone_digits(value)[:64]
        else:
            row[name] = key(value, length=_LENGTHS[PersonRecord][name])
    if row["language"] is not None:
        row["language"] = key(row["language"], length=16)
    row["first_key"] = None if row["first_name"] is None else fold(row["first_name"])
    row["last_key"] = None if row["last_name"] is None else key(row["last_name"], length=200)
    row["ref"] = row["external_id"] or row.get("email_key")
    return row


def _line(record: LineRecord, order_ref: str) -> dict[str, Any]:
    row = _plain(record)
    row |= {"order_ref": order_ref, "line_key": record.key[:64]}
    row["line_total"] = record.quantity * record.price - record.discount
    for name in ("product", "category"):
        row[f"{name}_key"] = None if row[name] is None else key(row[name], length=255)
    return row


def _copy(cursor: Any, kind: type, rows: list[dict[str, Any]]) -> None:
    table, columns = _TABLES[kind]
    names = [name for name in columns if name not in ("row_no", "is_content")]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier("pg_temp", table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([row.get(name) for name in names])


assert set(PROFILE) <= {each.name for each in fields(PersonRecord)}  # a column told by nobody
