"""A segment's members as rows of a table: who, which columns, in parts of ten thousand."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from segments.contacting import count_never_contacted, may_contact
from segments.models import Membership, Segment
from segments.scoring.rfm.maps import LABELS
from segments.services import own_ids
from tenants import audit
from tenants.schema import connection

PART = 10_000  # rows a file: what spreadsheets and mail programs take in one go
MAY_EXPORT = "commerce.export_customer"  # the owner's


@dataclass(frozen=True)
class Column:
    """A column that may be chosen. `names_people`: only for whoever may see contact details."""

    key: str
    label: str
    value: Callable[[Membership, str], Any]
    is_chosen: bool = True  # until somebody chooses otherwise
    names_people: bool = False


def _customer(name: str) -> Callable[[Membership, str], Any]:
    return lambda row, _: getattr(row.customer, name)


def _metric(name: str) -> Callable[[Membership, str], Any]:
    return lambda row, _: getattr(getattr(row.customer, "metrics", None), name, None)


def _cents(name: str) -> Callable[[Membership, str], Any]:
    return lambda row, _: round(Decimal(_metric(name)(row, _) or 0), 2)


def _average(row: Membership, own_id: str) -> Any:
    orders = _metric("orders_count")(row, own_id)
    return round(row.customer.metrics.spent / orders, 2) if orders else None


def _since(row: Membership, own_id: str) -> date:
    return row.since.astimezone(connection.tenant.zone).date()


def _rfm(row: Membership, own_id: str) -> str:
    score = getattr(row.customer, "rfm", None)
    return LABELS.get(score.segment, "") if score else ""


COLUMNS = {
    column.key: column
    for column in (
        Column("customer_id", "Customer id", lambda row, own_id: own_id or row.customer_id),
        Column("first_name", "First name", _customer("first_name"), names_people=True),
        Column("last_name", "Last name", _customer("last_name"), names_people=True),
        Column("email", "E-mail", _customer("email"), names_people=True),
        Column("phone", "Phone", _customer("phone"), names_people=True, is_chosen=False),
        Column("email_consent", "E-mail consent", _customer("email_consent")),
        Column("city", "City", _customer("city"), is_chosen=False),
        Column("country", "Country", _customer("country")),
        Column("orders", "Orders", _metric("orders_count")),
        Column("spent", "Spent", _cents("spent")),
        Column("average_order", "Average order", _average, is_chosen=False),
        Column("first_order", "First order", _metric("first_order_on"), is_chosen=False),
        Column("last_order", "Last order", _metric("last_order_on")),
        Column("rfm_segment", "RFM segment", _rfm),
        Column("since", "In the segment since", _since),
    )
}


@dataclass(frozen=True)
class Part:
    """One file's worth: rows `first` to `last`, counted from 1."""

    number: int
    first: int
    last: int


@dataclass(frozen=True)
class Plan:
    """What an export of a segment would hold."""

    rows: int
    never_contact: int  # members left out, whom nothing may be sent
    parts: list[Part]


def columns_for(*, sees_contact: bool) -> list[Column]:
    """Return the columns that somebody may choose from."""
    return [column for column in COLUMNS.values() if sees_contact or not column.names_people]


def plan(segment: Segment) -> Plan:
    """Return how many rows an export has, in which parts, and how many members stay out."""
    members = Membership.objects.filter(segment=segment)
    everybody = members.count()
    out = count_never_contacted(members.order_by().values("customer_id"))
    rows = everybody - out
    starts = range(0, rows, PART)
    parts = [
        Part(number, first + 1, min(first + PART, rows))
        for number, first in enumerate(starts, start=1)
    ]
    return Plan(rows, out, parts)


def export_members(
    segment: Segment,
    *,
    columns: Sequence[Column],
    part: int,
    kind: str,
    by: audit.Actor,
) -> tuple[list[str], Iterator[list[Any]]]:
    """Write the audit row and return header and rows of one part; nothing is left to read later.

    Who is on the list of *never contact* is left out whatever the columns.
    """
    ids = _ids(segment, part=part)
    audit.record(
        by,
        "export",
        segment,
        what_of="segment members",
        rows=len(ids),
        columns=[column.key for column in columns],
        part=part,
        format=kind,
    )
    return [column.label for column in columns], _rows(segment, ids, columns)


def _ids(segment: Segment, *, part: int) -> list[int]:
    members = Membership.objects.filter(segment=segment).filter(may_contact("customer_id"))
    first = (part - 1) * PART
    ordered = members.order_by("customer_id").values_list("customer_id", flat=True)
    return list(ordered[first : first + PART])


BATCH = 1_000  # rows read at a time


def _rows(segment: Segment, ids: list[int], columns: Sequence[Column]) -> Iterator[list[Any]]:
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        known = own_ids(some)
        members = (
            Membership.objects.filter(segment=segment, customer_id__in=some)
            .select_related("customer__metrics", "customer__rfm")
            .order_by("customer_id")
        )
        for row in members:
            own_id = known.get(row.customer_id, "")
            yield [column.value(row, own_id) for column in columns]
