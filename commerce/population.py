"""Who in the store's data is no customer: staff, wholesale, stand-ins of marketplaces.

The policy decides by tag, e-mail domain and list; what staff decided by hand comes before it.
Somebody left out keeps their numbers and stands outside the base, every share and every score.
"""

from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce import stale
from commerce.models import PopulationPolicy
from commerce.rollups import refresh, stand_soon
from commerce.text import fold
from tenants import audit
from tenants.schema import connection

EVERYBODY = sql.SQL("SELECT id FROM commerce_customer")
_LISTS = ("staff_tags", "staff_domains", "wholesale_tags", "marketplace_domains", "left_out_emails")

_DECIDED = """
    SELECT c.id, CASE
        WHEN c.left_out_by_hand THEN 'by_hand'
        WHEN c.left_out_by_hand = false THEN ''
        WHEN c.email_key <> '' AND c.email_key = ANY({left_out_emails}) THEN 'by_hand'
        WHEN c.tag_keys && {staff_tags} OR {domain} = ANY({staff_domains}) THEN 'staff'
        WHEN c.tag_keys && {wholesale_tags} THEN 'wholesale'
        WHEN {domain} = ANY({marketplace_domains}) THEN 'marketplace'
        ELSE '' END AS left_out_as
    FROM commerce_customer c WHERE c.id IN ({customers})
"""

_WRITE = """
    UPDATE commerce_customer c SET left_out_as = d.left_out_as
    FROM ({decided}) AS d
    WHERE d.id = c.id AND c.left_out_as <> d.left_out_as
"""


@dataclass(frozen=True)
class Shift:
    """How many customers a policy takes out of the base, brings back, and leaves out by reason."""

    leaving: int
    returning: int
    left_out_after: dict[str, int] = field(default_factory=dict)  # LeftOut → customers


def decide(cursor: CursorWrapper, customers: sql.Composable) -> int:
    """Write who of the ids that `customers` selects is left out; return how many changed.

    Ingest calls it before it refreshes them.
    """
    decided = _decided(customers, policy=PopulationPolicy.current())
    cursor.execute(sql.SQL(_WRITE).format(decided=decided))
    return cursor.rowcount


def preview(policy: PopulationPolicy) -> Shift:
    """Return what `policy` would change; nothing is written."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "SELECT d.left_out_as, count(*) FILTER (WHERE c.left_out_as = ''),"
                " count(*) FILTER (WHERE c.left_out_as <> ''), count(*)"
                " FROM ({decided}) AS d JOIN commerce_customer c ON c.id = d.id"
                " WHERE c.merged_into_id IS NULL AND c.erased_at IS NULL GROUP BY 1"
            ).format(decided=_decided(EVERYBODY, policy=policy))
        )
        rows = cursor.fetchall()
    return Shift(
        leaving=sum(was_in for reason, was_in, _, _ in rows if reason),
        returning=sum(was_out for reason, _, was_out, _ in rows if not reason),
        left_out_after={reason: count for reason, _, _, count in rows if reason},
    )


def apply(policy: PopulationPolicy, *, actor: audit.Actor, on: date) -> int:
    """Save `policy` and put everybody where it says, now; return how many customers moved.

    Raises rollups.BeingRecounted when somebody else counts everything again meanwhile.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        stand_soon(cursor, on=on)
        policy.pk = 1
        policy.save()
        cursor.execute("DROP TABLE IF EXISTS left_out_moved")
        cursor.execute(
            sql.SQL(
                "CREATE TEMPORARY TABLE left_out_moved ON COMMIT DROP AS"
                " SELECT d.id FROM ({}) AS d JOIN commerce_customer c ON c.id = d.id"
                " WHERE d.left_out_as <> c.left_out_as"
            ).format(_decided(EVERYBODY, policy=policy))
        )
        moved = sql.SQL("SELECT id FROM left_out_moved")
        changed = decide(cursor, moved)
        refresh(cursor, moved, on=on)
        stale.mark(cursor, moved, facts="profile", cause="order_policy")
        audit.record(actor, "population_policy", PopulationPolicy, customers=changed)
        return changed


def _decided(customers: sql.Composable, *, policy: PopulationPolicy) -> sql.Composed:
    lists = {name: _folded(getattr(policy, name)) for name in _LISTS}
    domain = sql.SQL("nullif(split_part(c.email_key, '@', 2), '')")
    return sql.SQL(_DECIDED).format(customers=customers, domain=domain, **lists)


def _folded(words: list[str]) -> sql.Composed:
    folded = sorted({key for word in words if (key := fold(word).removeprefix("@"))})
    return sql.SQL("{}::varchar[]").format(sql.Literal(folded))
