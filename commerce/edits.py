"""What staff change of customers, one or many: set-based, in step with numbers and marks at once.

A change is a dictionary with some of: is_vip, loyalty_tier, loyalty_points, left_out_by_hand (None
leaves it to the policy), add_tags, remove_tags, attributes (None takes one away). What staff set, a
source overwrites only with something newer.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql
from psycopg.types.json import Jsonb

from commerce import population, stale, vocabulary
from commerce.assignments import Assignment, EditRefused, assignments
from commerce.models import Customer
from commerce.rollups import BeingRecounted, refresh, stand_soon
from tenants import audit
from tenants.schema import connection

__all__ = ["EditRefused", "edit"]

EDITED = sql.SQL("SELECT id FROM edited_customers WHERE is_changed")
DECIDES_BASE = {"left_out_by_hand", "add_tags", "remove_tags"}


def edit(
    ids: Sequence[int],
    *,
    changes: dict[str, Any],
    by: audit.Actor,
    at: datetime,
    cause: str = "manual",
) -> int:
    """Change these customers and return how many had something to change; raise EditRefused.

    Merged and erased customers stay as they are. A change of one is written to the audit; whoever
    changes many writes one row for all of them.
    """
    to_write = assignments(changes)
    on = at.astimezone(connection.tenant.zone).date()
    with transaction.atomic(), connection.cursor() as cursor:
        _hold(cursor, ids, on=on)
        for assignment in to_write:
            _write(cursor, assignment, at=at)
        if DECIDES_BASE & changes.keys():
            population.decide(cursor, EDITED)
        if "attributes" in changes:
            vocabulary.learn_attributes(cursor, EDITED)
        refresh(cursor, EDITED, on=on)
        stale.mark(cursor, EDITED, facts="profile", cause=cause)
        cursor.execute("SELECT count(*) FROM edited_customers WHERE is_changed")
        changed: int = cursor.fetchone()[0]
        if changed and len(ids) == 1:
            names = [name for assignment in to_write for name in assignment.names]
            names = sorted({*names, *changes} - {"attributes", "add_tags", "remove_tags"})
            audit.record(by, "edit_customer", Customer.objects.get(pk=ids[0]), changed=names)
        return changed


def _hold(cursor: CursorWrapper, ids: Sequence[int], *, on: date) -> None:
    """Lock the customers in one order, so that two edits never wait for each other."""
    try:
        stand_soon(cursor, on=on)
    except BeingRecounted as error:
        raise EditRefused(str(error)) from error
    cursor.execute("DROP TABLE IF EXISTS edited_customers")
    cursor.execute(
        "CREATE TEMPORARY TABLE edited_customers ON COMMIT DROP AS SELECT id, false AS is_changed"
        " FROM commerce_customer WHERE id = ANY(%s) AND merged_into_id IS NULL"
        " AND erased_at IS NULL ORDER BY id FOR UPDATE",
        [list(ids)],
    )


_WRITE = """
    WITH written AS (
        UPDATE commerce_customer c
        SET {assignments}, staff_set_at = c.staff_set_at || {moments}
        WHERE c.id IN (SELECT id FROM edited_customers) AND ROW({old}) IS DISTINCT FROM ROW({new})
        RETURNING c.id
    )
    UPDATE edited_customers e SET is_changed = true FROM written WHERE written.id = e.id
"""


def _write(cursor: CursorWrapper, assignment: Assignment, *, at: datetime) -> None:
    pairs = assignment.values.items()
    moments = dict.fromkeys(assignment.names, at.isoformat())
    cursor.execute(
        sql.SQL(_WRITE).format(
            assignments=sql.SQL(", ").join(
                sql.SQL("{} = {}").format(sql.Identifier(name), value) for name, value in pairs
            ),
            moments=sql.Literal(Jsonb(moments)),
            old=sql.SQL(", ").join(sql.Identifier("c", name) for name, _ in pairs),
            new=sql.SQL(", ").join(value for _, value in pairs),
        )
    )
