"""Never contact these segments: whose members no list, flow, campaign or export may reach.

Whoever sends or exports contact data leaves `never_contacted()` out and says how many that were
(`count_never_contacted`). Nobody's consent changes: take a segment off the list, and its members
are as reachable as they were. A draft, archived or frozen segment still keeps its members out.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from segments.models import Membership, NeverContact, Segment
from segments.usages import SEGMENTS, Usage
from tenants import audit


def never_contacted() -> "QuerySet[Membership, Any]":
    """Return a sub-query of the ids of customers whom nothing may be sent: `pk__in=…`."""
    listed = NeverContact.objects.values("segment_id")
    return Membership.objects.filter(segment_id__in=listed).order_by().values("customer_id")


def may_contact(path: str = "pk") -> Q:
    """Return the condition on rows of which `path` is a customer's id: `filter(may_contact())`."""
    return ~Q(**{f"{path}__in": never_contacted()})


def count_never_contacted(customers: Any = None) -> int:
    """Count them: everybody, or those among `customers`, a sub-query or collection of ids."""
    found = never_contacted()
    if customers is not None:
        found = found.filter(customer_id__in=customers)
    return found.distinct().count()


def never_contact_segments() -> list[Segment]:
    """Return the segments on the list, by name."""
    return list(Segment.objects.filter(never_contact__isnull=False).order_by("name"))


@transaction.atomic
def set_never_contact(segments: Iterable[Segment], *, by: AbstractBaseUser | None) -> int:
    """Make these segments, and no others, the list; return how many customers that are."""
    wanted = {segment.pk: segment for segment in segments}
    before = {row.segment_id: row for row in NeverContact.objects.select_for_update()}
    gone = [row.pk for pk, row in before.items() if pk not in wanted]
    NeverContact.objects.filter(pk__in=gone).delete()
    for pk in wanted.keys() - before.keys():
        NeverContact.objects.create(segment_id=pk, added_by=by)  # type: ignore[misc]
    count = count_never_contacted()
    if gone or wanted.keys() - before.keys():
        names = sorted(segment.name for segment in wanted.values())
        audit.record(by, "never_contact", NeverContact, segments=names, customers=count)
    return count


def _uses(segments: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    rows = NeverContact.objects.filter(segment_id__in=segments)
    use = ("Never contact these segments", reverse("admin:guard_rails"))
    return {pk: [use] for pk in rows.values_list("segment_id", flat=True)}


SEGMENTS.register(Usage("never_contact", "setting", _uses))
