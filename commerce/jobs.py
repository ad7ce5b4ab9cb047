"""The background work of this floor."""

from datetime import time
from typing import Any

from django.db import transaction

from commerce import activity, facts_told, policy, rollups
from commerce.duplicates import propose_duplicates
from commerce.erasure import requests
from commerce.rebuild import REBUILD, rebuild
from tenants import events, impacts
from tenants.jobs import Cadence, Job, register
from tenants.runs import RunHandle
from tenants.schema import connection


def roll_windows(handle: RunHandle) -> dict[str, Any]:
    """Bring every customer's numbers to the run's local day."""
    with transaction.atomic(), connection.cursor() as cursor:
        return {"customers_changed": rollups.roll(cursor, on=handle.today)}


def count_days(handle: RunHandle) -> dict[str, Any]:
    """Count again the days whose orders changed."""
    with transaction.atomic(), connection.cursor() as cursor:
        standing = rollups.stand_at(cursor, on=handle.today)
        return {"days": rollups.recount_days(cursor, standing=standing)}


def run_rebuild(handle: RunHandle) -> dict[str, Any]:
    """Count everything again, under a new policy if the parameters hold one."""
    return rebuild(
        on=handle.today,
        policy=handle.params.get("policy"),
        zone_changed=bool(handle.params.get("zone")),
        progress=handle,
    )


def find_duplicates(handle: RunHandle) -> dict[str, Any]:
    """Propose customers that look like one person."""
    return {"proposed": propose_duplicates()}


def run_count_activity(handle: RunHandle) -> dict[str, Any]:
    """Count what everybody did in the product."""
    return {"customers_changed": activity.count_everybody(at=handle.moment)}


def run_tell_facts(handle: RunHandle) -> dict[str, Any]:
    """Write the facts that events told before their mapping was declared."""
    return {"customers_changed": facts_told.advance_everybody(on=handle.today)}


register(
    Job(
        key=facts_told.JOB,
        label="Facts from events",
        run=run_tell_facts,
        help="After somebody said which events tell facts about customers.",
    )
)
register(
    Job(
        key=activity.COUNT,
        label="Count product use",
        run=run_count_activity,
        help="After somebody said anew what events mean.",
    )
)
events.UPGRADED.register(events.TenantEvent("activity", "Use of the product", activity.count_first))
register(
    Job(
        key="roll_windows",
        label="Roll windows",
        run=roll_windows,
        cadence=Cadence.DAILY,
        at=time(0, 1),
        help="After midnight: customers whose orders left the last 30, 90 or 365 days.",
    )
)
register(
    Job(
        key=rollups.STORE_DAYS,
        label="Count store days",
        run=count_days,
        cadence=Cadence.HOURS,
        every=1,
        help="The store's orders and revenue by day. Woken when orders change.",
    )
)
register(
    Job(
        key=REBUILD,
        label="Recount everything",
        run=run_rebuild,
        help="After a change of the order policy, the currency or the time zone.",
    )
)
register(
    Job(
        key=policy.EFFECT,
        label="See what another order policy would change",
        run=policy.count_effect,
        permission="access.manage_order_policy",
        needs_params=True,
        help="Asked for on the order policy's page. Nothing is written.",
    )
)
register(
    Job(
        key="duplicates",
        label="Look for duplicates",
        run=find_duplicates,
        cadence=Cadence.WEEKLY,
        at=time(4, 30),
        day=7,
        help="Customers that look like one person. Nothing is merged until somebody decides.",
    )
)
register(
    Job(
        key=requests.JOB,
        label="Customers' privacy",
        run=requests.work,
        cadence=Cadence.HOURS,
        every=1,
        run_seconds=6 * 3_600,
        permission="access.manage_privacy",
        help="Copies of somebody's data, erasures, and shops that took the app off.",
    )
)
impacts.register(policy.IMPACT)
