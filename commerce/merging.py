"""Two customers made one, and made two again.

Everything of the absorbed customer is re-pointed to the survivor, their id leads on, and what moved
is kept, so that undoing puts back exactly that. Floors above add what is theirs to MERGE_PARTS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Q
from psycopg import sql

from commerce import stale
from commerce.event_roles import ACTIVITY
from commerce.merged_profile import merged, plain, restored
from commerce.models import Customer, CustomerMerge, DuplicateProposal
from commerce.population import decide
from commerce.rollups import BeingRecounted, refresh, refresh_activity, stand_soon
from tenants import audit
from tenants.registry import Registry
from tenants.schema import connection

# Whose rows name a customer. Lines follow their orders.
TABLES = ("commerce_customeridentity", "commerce_order", "commerce_refund", "commerce_event")


class MergeRefused(Exception):  # noqa: N818 - a state
    """The two cannot be merged, or not be parted; the message is for the merchant."""


@dataclass(frozen=True)
class MergePart:
    """What a higher floor re-points. `move` returns JSON that `restore` needs to undo it."""

    key: str
    label: str
    move: Callable[[CursorWrapper, int, int], Any]  # survivor, absorbed
    restore: Callable[[CursorWrapper, int, int, Any], None]  # and what `move` returned


MERGE_PARTS: Registry[MergePart] = Registry("part of a merge")


def merge(*, survivor: int, absorbed: int, by: audit.Actor, at: datetime) -> CustomerMerge:
    """Make `absorbed` part of `survivor`; raise MergeRefused."""
    with transaction.atomic(), connection.cursor() as cursor:
        _hold(cursor, at=at)
        kept, gone = _both(survivor, absorbed)
        changes = merged(kept, gone)
        profile = {name: [plain(getattr(kept, name)), plain(changes[name])] for name in changes}
        moved = {
            "profile": profile,
            "tables": {table: _move(cursor, table, kept.pk, gone.pk) for table in TABLES},
            "parts": {part.key: part.move(cursor, kept.pk, gone.pk) for part in MERGE_PARTS},
        }
        _move_lines(cursor, moved["tables"]["commerce_order"], kept.pk)
        _set(kept, changes)
        _set(gone, {"merged_into": kept})
        _pair(kept.pk, gone.pk).update(state=DuplicateProposal.State.MERGED)
        _follow(cursor, kept.pk, gone.pk, at=at)
        audit.record(by, "merge", kept, absorbed=gone.pk)
        return CustomerMerge.objects.create(
            survivor=kept, absorbed=gone, moved=moved, merged_by=_user(by)
        )


def undo(merge_id: int, *, by: audit.Actor, at: datetime) -> None:
    """Part the two customers of a merge again; raise MergeRefused.

    What moved and is still the survivor's goes back. What came in since stays with the survivor.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _hold(cursor, at=at)
        done = CustomerMerge.objects.select_for_update().get(pk=merge_id)
        kept, gone = _merged_pair(done)
        for table, ids in done.moved["tables"].items():
            _put_back(cursor, table, ids, kept.pk, gone.pk)
        _move_lines(cursor, done.moved["tables"]["commerce_order"], gone.pk)
        for key, what in done.moved["parts"].items():
            MERGE_PARTS[key].restore(cursor, kept.pk, gone.pk, what)
        _set(kept, restored(kept, done.moved["profile"]))
        _set(gone, {"merged_into": None})
        _pair(kept.pk, gone.pk).update(state=DuplicateProposal.State.OPEN)
        _follow(cursor, kept.pk, gone.pk, at=at)
        done.undone_at = at
        done.save(update_fields=["undone_at"])
        audit.record(by, "undo_merge", kept, absorbed=gone.pk)


def _hold(cursor: CursorWrapper, *, at: datetime) -> None:
    try:
        stand_soon(cursor, on=_day(at))
    except BeingRecounted as error:
        raise MergeRefused(str(error)) from error


def _both(survivor: int, absorbed: int) -> tuple[Customer, Customer]:
    if survivor == absorbed:
        raise MergeRefused("Choose two different customers.")
    found = _locked(survivor, absorbed)
    for pk in (survivor, absorbed):
        if pk not in found or found[pk].merged_into_id or found[pk].erased_at:
            raise MergeRefused(f"Customer {pk} is not there any more: merged or erased meanwhile.")
    return found[survivor], found[absorbed]


def _merged_pair(done: CustomerMerge) -> tuple[Customer, Customer]:
    found = _locked(done.survivor_id, done.absorbed_id)
    kept, gone = found[done.survivor_id], found[done.absorbed_id]
    if done.undone_at or gone.merged_into_id != kept.pk:
        raise MergeRefused("This merge was undone already.")
    if kept.merged_into_id:
        raise MergeRefused(
            f"Customer {kept.pk} was merged into customer {kept.merged_into_id} later."
            " Undo that merge first."
        )
    if kept.erased_at or gone.erased_at:
        raise MergeRefused("One of the two was erased, which cannot be undone.")
    return kept, gone


def _locked(*ids: int) -> dict[int, Customer]:
    rows = Customer.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    return {customer.pk: customer for customer in rows}


def _move(cursor: CursorWrapper, table: str, survivor: int, absorbed: int) -> list[int]:
    cursor.execute(
        sql.SQL("UPDATE {} SET customer_id = %s WHERE customer_id = %s RETURNING id").format(
            sql.Identifier(table)
        ),
        [survivor, absorbed],
    )
    return [pk for (pk,) in cursor.fetchall()]


def _put_back(
    cursor: CursorWrapper, table: str, ids: list[int], survivor: int, absorbed: int
) -> None:
    cursor.execute(
        sql.SQL("UPDATE {} SET customer_id = %s WHERE id = ANY(%s) AND customer_id = %s").format(
            sql.Identifier(table)
        ),
        [absorbed, ids, survivor],
    )


def _move_lines(cursor: CursorWrapper, orders: list[int], customer: int) -> None:
    cursor.execute(
        "UPDATE commerce_orderline l SET customer_id = o.customer_id FROM commerce_order o"
        " WHERE o.id = l.order_id AND o.id = ANY(%s) AND o.customer_id = %s",
        [orders, customer],
    )


def _follow(cursor: CursorWrapper, *ids: int, at: datetime) -> None:
    """Bring numbers in step and tell the floors above."""
    both = sql.SQL("SELECT unnest({}::bigint[])").format(sql.Literal(list(ids)))
    decide(cursor, both)
    refresh(cursor, both, on=_day(at))
    refresh_activity(cursor, both, on=_day(at))
    for facts in ("profile", "orders", ACTIVITY):
        stale.mark(cursor, both, facts=facts, cause="merge")


def _set(customer: Customer, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(customer, name, value)
    customer.save(update_fields=list(values))


def _pair(one: int, other: int) -> Any:
    pair = Q(first=one, second=other) | Q(first=other, second=one)
    return DuplicateProposal.objects.filter(pair)


def _day(at: datetime) -> Any:
    return at.astimezone(connection.tenant.zone).date()


def _user(by: audit.Actor) -> Any:
    return by if getattr(by, "pk", None) else None
