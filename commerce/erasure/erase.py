"""Erasing customers: every part forgets them in one transaction, prints keep them away."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from commerce import rollups
from commerce.erasure import facts, prints
from commerce.erasure.parts import PARTS, Moment, people
from commerce.ingest.follow import hold
from commerce.models import Customer
from tenants import audit
from tenants.schema import connection


def erase(
    customers: Collection[int], *, by: audit.Actor, at: datetime, keeps_away: bool = True
) -> dict[str, int]:
    """Erase these customers and whom they were merged with; return what was found, by part.

    No batch of facts is written meanwhile. Repeated, it forgets what came in between. Prints
    keep them away, unless it is their shop that went and may come back.
    """
    moment = Moment(at, at.astimezone(connection.tenant.zone).date())
    with transaction.atomic(), connection.cursor() as cursor:
        hold(cursor)
        moment = Moment(at, rollups.stand_at(cursor, on=moment.on))
        found = people(customers)
        if keeps_away:
            prints.keep(found, at=at)
        counts = {part.key: part.erase(cursor, found, moment) for part in PARTS}
        counts |= facts.erase(cursor, found, moment)
        counts = {key: count for key, count in counts.items() if count}
        if counts:
            audit.record(by, "erase_customer", Customer, **counts)
    return counts
