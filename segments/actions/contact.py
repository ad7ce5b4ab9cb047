"""Reaching customers: never those who are not to be contacted, never too often."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from psycopg import sql

from commerce import stale
from segments.actions.people import customers_of
from segments.contacting import never_contacted
from segments.models import ContactRules
from segments.models.membership import Cause
from tenants import audit
from tenants.access.models import Effect
from tenants.schema import connection

CONTACT = "contact"  # the fact that marks name
WEEK = timedelta(days=7)
MOST_PER_WEEK = 3

_NOTE = """
INSERT INTO segments_lastcontact AS c (customer_id, contacted_on, contacts_count)
SELECT id, %(on)s, times FROM unnest(%(ids)s::bigint[], %(times)s::int[]) AS told (id, times)
ON CONFLICT (customer_id) DO UPDATE SET contacts_count = c.contacts_count + excluded.contacts_count,
    contacted_on = greatest(c.contacted_on, excluded.contacted_on)
"""


def most_per_week() -> int:
    """Return how many messages of triggers may reach a customer in seven days."""
    row = ContactRules.objects.first()
    return row.most_per_week if row else MOST_PER_WEEK


def set_most_per_week(count: int, *, by: audit.Actor) -> None:
    """Change the limit for all triggers."""
    row = ContactRules.objects.first() or ContactRules()
    before, row.most_per_week = most_per_week(), count
    row.save()
    if count != before:
        audit.record(by, "contact_rules", ContactRules, a_week=f"{before} → {count}")


def may_still_reach(effects: Sequence[Effect]) -> set[int]:
    """Return the effects whose customers may be contacted now: much can change while one waits."""
    people = customers_of(effects)
    ids = {row.pk for row in people.values()}
    barred = set(
        never_contacted().filter(customer_id__in=ids).values_list("customer_id", flat=True)
    )
    return {one.pk for one in effects if one.pk not in people or people[one.pk].pk not in barred}


@transaction.atomic
def note_contact(effects: Sequence[Effect], *, at: datetime) -> None:
    """Write that these customers were reached on the moment's local day, each effect once.

    Segments that ask for it follow; what triggers did sets off no trigger by itself.
    """
    on = at.astimezone(connection.tenant.zone).date()
    people = customers_of(effects)
    counts = Counter(people[effect.pk].pk for effect in effects if effect.pk in people)
    ids, times = sorted(counts), [counts[pk] for pk in sorted(counts)]
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"ids": ids, "times": times, "on": on})
        reached = sql.SQL("SELECT unnest({}::bigint[])").format(sql.Literal(ids))
        stale.mark(cursor, reached, facts=CONTACT, cause=Cause.ACTION)
