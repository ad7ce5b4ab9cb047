"""The background work around samples."""

from datetime import time
from typing import Any

from django.db import transaction

from commerce import order_followers
from samples import tallies
from samples.creators import credit, figures, findings
from samples.creators.profiles import JOB
from samples.creators.suggestions import suggest_links
from tenants.jobs import Cadence, Job, register
from tenants.runs import RunHandle
from tenants.schema import connection


def follow_creators(handle: RunHandle) -> dict[str, Any]:
    """Bring credited orders, figures and suggestions up to date."""
    return _follow(handle, from_scratch=False)


def look_after_samples(handle: RunHandle) -> dict[str, Any]:
    """Count everything about creators again, and note who is late."""
    counts = _follow(handle, from_scratch=True)
    found = findings.look(on=handle.today, at=handle.moment)
    return counts | found | {"mails": findings.mail_team(found)}


def _follow(handle: RunHandle, *, from_scratch: bool) -> dict[str, Any]:
    credited = credit.credit_orders(from_scratch=from_scratch)
    figures.refresh(None, on=handle.today)
    with transaction.atomic(), connection.cursor() as cursor:
        tallies.add_up(cursor)
    return {"credited": credited, "suggested": suggest_links()}


order_followers.FOLLOWERS.register(
    order_followers.Follower("creator_codes", "Creators' codes", credit.follow)
)
register(
    Job(
        key=JOB,
        label="Follow creators",
        run=follow_creators,
        cadence=Cadence.HOURS,
        every=1,
        help="Orders with creators' codes, their figures, and samples that look like theirs.",
    )
)
register(
    Job(
        key="samples_daily",
        label="Look after samples",
        run=look_after_samples,
        cadence=Cadence.DAILY,
        at=time(7, 0),
        help="Samples that wait too long, creators who have not posted, rights about to end.",
    )
)
