"""What this floor itself holds about customers: told, and forgotten."""

from typing import Any

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, Q
from psycopg import sql

from commerce import counting, order_followers, population, rollups, stale
from commerce.erasure import words
from commerce.erasure.parts import Moment, People, rows
from commerce.event_roles import ACTIVITY
from commerce.models import (
    Customer,
    CustomerActivity,
    CustomerHabits,
    CustomerIdentity,
    CustomerMerge,
    CustomerMetrics,
    DuplicateProposal,
    Event,
    Order,
    OrderLine,
    Refund,
)
from tenants import effects
from tenants.access.models import Effect

# What stays of an emptied row: which one it is, and that it was erased.
STAYS = {"id", "merged_into", "erased_at", "created_at"}
# What writes by programs were answered is kept for a day.
_FORGET_ANSWERS = """
    DELETE FROM access_answer a WHERE body IS NOT NULL AND EXISTS (
        SELECT FROM unnest(%s::text[]) AS word WHERE strpos(lower(a.body::text), word) > 0)
"""


def tell(people: People) -> dict[str, Any]:
    """Return everything of this floor: profile, orders with lines and refunds, events, numbers."""
    theirs = {"customer__in": people.customers}
    beside = {"metrics__in": people.customers}
    pair = Q(first__in=people.customers) | Q(second__in=people.customers)
    merged = Q(survivor__in=people.customers) | Q(absorbed__in=people.customers)
    return {
        "profile": rows(Customer.objects.filter(pk__in=people.customers)),
        "ids": rows(CustomerIdentity.objects.filter(**theirs)),
        "orders": rows(Order.objects.filter(**theirs)),
        "order_lines": rows(OrderLine.objects.filter(order__customer__in=people.customers)),
        "refunds": rows(Refund.objects.filter(**theirs)),
        "events": rows(Event.objects.filter(**theirs)),
        "numbers": rows(CustomerMetrics.objects.filter(**theirs)),
        "habits": rows(CustomerHabits.objects.filter(**beside)),
        "activity": rows(CustomerActivity.objects.filter(**beside)),
        "merges": list(CustomerMerge.objects.filter(merged).values("merged_at", "undone_at")),
        "looks_like": list(DuplicateProposal.objects.filter(pair).values("reason", "state")),
        "done_by_triggers": list(
            Effect.objects.filter(**theirs).values("consumer", "state", "created_at", "finished_at")
        ),
        "changes_by_staff": list(_audit(people).values("timestamp", "action", "changes")),
    }


def erase(cursor: CursorWrapper, people: People, moment: Moment) -> dict[str, int]:
    """Empty the customers' rows; orders stay as a guest's without an address.

    Runs after every other part, in the caller's transaction, which holds the ingest's lock.
    """
    counts = {"words": words.take(cursor, people.customers)}
    counts |= _release_orders(cursor, people, moment)
    counts["events"] = _deleted(Event, customer__in=people.customers)
    counts["ids"] = _deleted(CustomerIdentity, customer__in=people.customers)
    for one, other in (("survivor", "absorbed"), ("first", "second")):
        model = CustomerMerge if one == "survivor" else DuplicateProposal
        for side in (one, other):
            _deleted(model, **{f"{side}__in": people.customers})
    counts["effects"] = effects.forget_customers(people.customers)
    _audit(people).update(changes={})
    cursor.execute(_FORGET_ANSWERS, [sorted(people.emails | people.phones)])
    counts["customers"] = _empty(people, moment)
    counts["words"] = words.forget(cursor)
    _follow(cursor, people, moment)
    return counts


def _release_orders(cursor: CursorWrapper, people: People, moment: Moment) -> dict[str, int]:
    ids = list(people.customers)
    cursor.execute("DROP TABLE IF EXISTS erased_order")
    cursor.execute(
        "CREATE TEMPORARY TABLE erased_order ON COMMIT DROP AS SELECT id FROM commerce_order"
        " WHERE customer_id = ANY(%s) OR (customer_id IS NULL AND email_key <> ''"
        " AND email_key = ANY(%s))",
        [ids, list(people.emails)],
    )
    orders = sql.SQL("SELECT id FROM erased_order")
    rollups.touch_days(cursor, orders)
    refunds = sql.SQL("SELECT id FROM commerce_refund WHERE customer_id = ANY({})").format(
        sql.Literal(ids)
    )
    rollups.touch_refund_days(cursor, refunds)
    for statement in (
        "UPDATE commerce_orderline SET customer_id = NULL"
        " WHERE order_id IN (SELECT id FROM erased_order)",
        "UPDATE commerce_order SET customer_id = NULL, email_key = ''"
        " WHERE id IN (SELECT id FROM erased_order)",
    ):
        cursor.execute(statement)
    released = cursor.rowcount
    cursor.execute(
        "UPDATE commerce_refund SET customer_id = NULL WHERE customer_id = ANY(%s)", [ids]
    )
    refunded = cursor.rowcount
    counting.settle(cursor, orders, on=moment.on)
    order_followers.follow(cursor, orders, on=moment.on)
    return {"orders": released, "refunds": refunded}


def _empty(people: People, moment: Moment) -> int:
    """Give every column of the customers' rows its default."""
    fields = [field for field in Customer._meta.concrete_fields if field.name not in STAYS]
    blank = {field.name: field.get_default() for field in fields}
    living = Customer.objects.filter(pk__in=people.customers, erased_at=None)
    return living.update(**blank, erased_at=moment.at)


def _follow(cursor: CursorWrapper, people: People, moment: Moment) -> None:
    who = sql.SQL("SELECT unnest({}::bigint[])").format(sql.Literal(list(people.customers)))
    population.decide(cursor, who)
    rollups.refresh(cursor, who, on=moment.on)
    rollups.refresh_activity(cursor, who, on=moment.on)
    for facts in ("profile", "orders", ACTIVITY):
        stale.mark(cursor, who, facts=facts, cause="erasure")


def _deleted(model: type[Model], **where: Any) -> int:
    return model._default_manager.filter(**where).delete()[0]


def _audit(people: People) -> Any:
    kind = ContentType.objects.get_for_model(Customer)
    return LogEntry.objects.filter(content_type=kind, object_id__in=people.customers)
