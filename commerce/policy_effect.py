"""What other terms would change, read without writing: orders, customers and revenue."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce.models import OrderPolicy
from commerce.rollups.counted import counts, heeded_reasons
from commerce.settled import settled_negative_invoices, settled_orders, settled_refunds
from commerce.terms import Terms
from tenants.registry import Registry


@dataclass(frozen=True)
class Effect:
    """The store at `as_of` before and after a change; revenue is of all time, guests too."""

    as_of: date
    orders_before: int
    orders_after: int
    orders_changed: int
    customers_changed: int
    revenue_before: Decimal
    revenue_after: Decimal
    said: str = ""  # what would follow on the floors above

    @property
    def is_nothing(self) -> bool:
        """Whether no number of any customer or of the store would change."""
        return self.orders_changed == 0 and self.revenue_before == self.revenue_after

    def as_counts(self) -> dict[str, Any]:
        """Return it as a run keeps it: numbers, the money as text."""
        return {
            name: value if isinstance(value, int) else str(value)
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_counts(cls, kept: dict[str, Any]) -> "Effect":
        """Read what `as_counts` wrote."""
        money = {name: Decimal(kept[name]) for name in ("revenue_before", "revenue_after")}
        return cls(**kept | money | {"as_of": date.fromisoformat(kept["as_of"])})


@dataclass(frozen=True)
class Reader:
    """Something above that reads the policy: `say(policy, on)` tells what would follow, or ""."""

    key: str
    label: str
    say: Callable[[OrderPolicy, date], str]


READERS: Registry[Reader] = Registry("reader of the order policy")


def follow(effect: Effect, policy: OrderPolicy) -> Effect:
    """Return `effect` with what the floors above say would follow from it."""
    if effect.is_nothing:
        return effect
    said = [words for reader in READERS if (words := reader.say(policy, effect.as_of))]
    return replace(effect, said=" ".join(said))


# Per order and per negative invoice: whether it counts and what it leaves, on both sides.
_EFFECT = """
    WITH part AS ({refunds}),
    back AS (
        SELECT r.order_id, sum(r.spend) AS was, sum(part.spend) AS will
        FROM commerce_refund r JOIN part ON part.id = r.id
        WHERE r.refunded_on <= {on}
        GROUP BY r.order_id
    ),
    flow AS (
        SELECT s.customer_id, {counts_now} AS was, {counts_then} AS will,
               s.old_spend - coalesce(back.was, 0) AS net_was,
               s.spend - coalesce(back.will, 0) AS net_will
        FROM ({orders}) AS s LEFT JOIN back ON back.order_id = s.id
        CROSS JOIN LATERAL (
            SELECT s.placed_on, s.old_excluded_as AS excluded_as,
                   s.old_counts_until AS counts_until
        ) AS old
        UNION ALL
        SELECT r.customer_id, NULL, NULL, - r.spend, - part.spend
        FROM commerce_refund r JOIN ({invoices}) AS part ON part.id = r.id
        WHERE r.refunded_on <= {on}
    ),
    compared AS (
        SELECT *, was IS DISTINCT FROM will OR (coalesce(will, true) AND net_was <> net_will)
               AS differs
        FROM flow
    )
    SELECT count(*) FILTER (WHERE was), count(*) FILTER (WHERE will),
           count(*) FILTER (WHERE differs AND was IS NOT NULL),
           count(DISTINCT customer_id) FILTER (WHERE differs),
           coalesce(sum(net_was) FILTER (WHERE coalesce(was, true)), 0),
           coalesce(sum(net_will) FILTER (WHERE coalesce(will, true)), 0)
    FROM compared
"""
_ALL_REFUNDS = sql.SQL("SELECT id FROM commerce_refund")


def compare(cursor: CursorWrapper, *, now: Terms, then: Terms, on: date) -> Effect:
    """Return what the store would look like at `on` under the terms `then`; nothing is written."""
    was, will = heeded_reasons(now.policy), heeded_reasons(then.policy)
    cursor.execute(
        sql.SQL(_EFFECT).format(
            refunds=settled_refunds(None, terms=then),
            orders=settled_orders(None, terms=then),
            invoices=settled_negative_invoices(_ALL_REFUNDS, terms=then),
            counts_now=counts("old", on=on, reasons=was),
            counts_then=counts("s", on=on, reasons=will),
            on=sql.Literal(on),
        )
    )
    return Effect(on, *cursor.fetchone())
