"""Changing the order policy: what it would change, and the rebuild that makes it so."""

from datetime import date
from typing import Any

from psycopg import sql

from commerce.models import OrderPolicy
from commerce.policy_effect import Effect, compare, follow
from commerce.rebuild import REBUILD
from commerce.terms import Terms, current_terms
from tenants import audit, impacts, jobs
from tenants.models import Run
from tenants.runs import RunHandle
from tenants.schema import connection

EFFECT = "policy_effect"  # the job's key

# What a merchant may choose to heed; another currency is heeded always.
REASONS = {
    "test": "Test orders",
    "voided": "Voided orders",
    "sample": "Samples",
    "by_hand": "Orders left out by hand",
}


class PolicyRefused(Exception):  # noqa: N818 - a state
    """The policy cannot be; the message is for the merchant. Nothing was written."""


def preview(policy: OrderPolicy, *, on: date) -> Effect:
    """Return what `policy` would change at `on`; nothing is written. Scans every order."""
    _check(policy)
    now = current_terms()
    with connection.cursor() as cursor:
        effect = compare(cursor, now=now, then=Terms(policy, now.currency, now.timezone), on=on)
    return follow(effect, policy)


def start_preview(policy: OrderPolicy) -> Run:
    """Have `preview` counted in the background, where a page could not wait; return its run."""
    _check(policy)
    return jobs.start(EFFECT, params={"policy": _as_params(policy)})


def count_effect(handle: RunHandle) -> dict[str, Any]:
    """Do what `start_preview` asked for; return the effect as counts."""
    handle.report(0, note="Reading every order under both policies")
    return preview(OrderPolicy(pk=1, **handle.params["policy"]), on=handle.today).as_counts()


def apply(policy: OrderPolicy, *, actor: audit.Actor) -> Run:
    """Start the rebuild that saves `policy` and recounts everything under it; return its run."""
    _check(policy)
    wish = _as_params(policy)
    audit.record(actor, "order_policy", OrderPolicy, **wish)
    return jobs.start(REBUILD, params={"policy": wish})


def _as_params(policy: OrderPolicy) -> dict[str, Any]:
    return {
        "spend": policy.spend,
        "excluded_reasons": policy.excluded_reasons,
        "cancelled_count": policy.cancelled_count,
        "fully_refunded_count": policy.fully_refunded_count,
    }


def _check(policy: OrderPolicy) -> None:
    if policy.spend not in OrderPolicy.Spend.values:
        raise PolicyRefused("Choose what counts as spend.")
    unknown = set(policy.excluded_reasons) - set(REASONS) - {"currency"}
    if unknown:
        raise PolicyRefused(f"Orders cannot be left out as “{min(unknown)}”.")


def _preview_place(change: impacts.Change) -> str:
    """Say what a new zone moves and a new currency leaves out."""
    said = []
    if change.is_zone_changed:
        said.append(_moved_days(change.timezone[1]))
    if change.is_currency_changed:
        said.append(_held_out(change.currency[1]))
    return " ".join(said)


def _moved_days(zone: str) -> str:
    moved = _count(
        sql.SQL("placed_on <> (placed_at AT TIME ZONE {})::date").format(sql.Literal(zone))
    )
    return f"{moved:,} orders move to another day."


def _held_out(currency: str) -> str:
    kept = _count(sql.SQL("currency = {}").format(sql.Literal(currency)))
    lost = _count(sql.SQL("currency <> {}").format(sql.Literal(currency)))
    return f"{kept:,} orders are in {currency}; {lost:,} in another currency will not count."


def _count(condition: sql.Composable) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT count(*) FROM commerce_order WHERE {}").format(condition))
        count: int = cursor.fetchone()[0]
        return count


def _apply_place(change: impacts.Change) -> None:
    params: dict[str, Any] = {"zone": change.is_zone_changed}
    jobs.start(REBUILD, params=params)


IMPACT = impacts.Impact("orders", "Orders and customers", _preview_place, _apply_place)
