"""Reaching customers: never those who are not to be contacted, never too often."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from segments.actions.people import customers_of
from segments.contacting import never_contacted
from segments.models import ContactRules, LastContact
from tenants import audit
from tenants.access.models import Effect
from tenants.schema import connection

WEEK = timedelta(days=7)
MOST_PER_WEEK = 3


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


def note_contact(effects: Sequence[Effect], *, at: datetime) -> None:
    """Write that these customers were reached on the moment's local day."""
    on = at.astimezone(connection.tenant.zone).date()
    ids = {row.pk for row in customers_of(effects).values()}
    LastContact.objects.bulk_create(
        [LastContact(customer_id=pk, contacted_on=on) for pk in sorted(ids)],
        update_conflicts=True,
        unique_fields=["customer"],
        update_fields=["contacted_on"],
    )
