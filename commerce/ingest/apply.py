"""Applying what is staged: one statement chain in the caller's transaction, whatever the source."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

from django.db import transaction
from psycopg import sql

from commerce import rollups, vocabulary
from commerce.ingest import events, lines, orders, people, refunds, staging
from commerce.ingest.follow import follow, hold
from commerce.ingest.occurrence import number
from commerce.ingest.stage import Record, stage
from commerce.terms import current_terms
from tenants.schema import connection


@dataclass(frozen=True, kw_only=True)
class Ingest:
    """How a batch is to be taken: from which source, as of which local day, with which trust."""

    source: str
    today: date
    import_id: int | None = None
    cause: str = "data"  # of the ledger's closed list
    shares_people: bool = True
    emails_make_customers: bool = False
    lines_by_content: bool = False  # lines have no id: content and how-manieth; totals add up
    lines_complete: bool = False  # a record lists all lines of its order
    told: frozenset[str] = field(default_factory=frozenset)  # order totals the source tells itself
    numbers_later: bool = False  # the caller promises `catch_up` at its end


@dataclass(kw_only=True)
class Applied:
    """What a batch did."""

    customers_new: int = 0
    customers_changed: int = 0
    orders_new: int = 0
    orders_known: int = 0
    guest_orders: int = 0
    lines_new: int = 0
    refunds_new: int = 0
    events_new: int = 0

    def __add__(self, other: "Applied") -> "Applied":
        mine, theirs = asdict(self), asdict(other)
        return Applied(**{f.name: mine[f.name] + theirs[f.name] for f in fields(self)})


def ingest(records: Iterable[Record], *, how: Ingest) -> Applied:
    """Stage `records` and apply them in one transaction; a page of at most some 10,000."""
    with transaction.atomic(), connection.cursor() as cursor:
        staging.prepare(cursor)
        stage(cursor, records)
        return apply(cursor, how=how)


def apply(cursor: Any, *, how: Ingest) -> Applied:
    """Write what stands in the staging tables, and what follows from it, in this transaction."""
    hold(cursor)
    day = rollups.stand_at(cursor, on=how.today)
    values = _values(how)
    done = Applied()
    staging.analyze(cursor, "stage_person", "stage_order", "stage_line")
    done.customers_new, done.customers_changed = people.resolve(
        cursor,
        source=how.source,
        shares_people=how.shares_people,
        emails_make_customers=how.emails_make_customers,
    )
    _write_orders(cursor, how=how, values=values, done=done)
    done.refunds_new = refunds.write(cursor, values=values)
    done.events_new = events.write(cursor, values=values)
    vocabulary.learn(cursor)
    follow(cursor, day=day, cause=how.cause, numbers_later=how.numbers_later)
    return done


def _values(how: Ingest) -> dict[str, Any]:
    tenant = connection.tenant
    return {
        "source": how.source,
        "import_id": how.import_id,
        "zone": tenant.timezone,
        "currency": tenant.currency,
    }


def _write_orders(cursor: Any, *, how: Ingest, values: dict[str, Any], done: Applied) -> None:
    cursor.execute("SELECT EXISTS (SELECT FROM pg_temp.stage_order)")
    if not cursor.fetchone()[0]:
        return
    number(cursor, "stage_order", known="commerce_order", values=values)
    orders.resolve(cursor, values=values)
    staging.analyze(cursor, "batch_order")
    rollups.touch_days(cursor, sql.SQL("SELECT order_id FROM pg_temp.batch_order WHERE NOT is_new"))
    terms = current_terms()
    done.orders_new, done.orders_known = orders.write(cursor, values=values, terms=terms)
    cursor.execute("SELECT count(*) FROM pg_temp.batch_order WHERE is_new AND customer_id IS NULL")
    done.guest_orders = cursor.fetchone()[0]
    done.lines_new = lines.write(
        cursor, values=values, terms=terms, by_content=how.lines_by_content
    )
    if how.lines_complete:
        lines.remove_gone(cursor)
    if how.lines_by_content and done.orders_known:
        lines.add_up(cursor, told=how.told)
