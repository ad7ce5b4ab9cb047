"""Segments chosen by hand: who is put in and taken out, and the membership that follows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, Value
from django.utils import timezone
from psycopg import sql

from commerce.models import Customer
from segments import membership
from segments.definitions import REFRESH, check_name, free_slug
from segments.following import with_readers
from segments.models import ManualMember, Segment
from segments.models.membership import Cause
from segments.refreshing import LOCK
from tenants import audit, jobs
from tenants.schema import connection

MOST = 100_000  # chosen customers of one segment: what is larger is a rule
PAGE = 5_000  # rows of one INSERT


@dataclass(frozen=True)
class Chosen:
    """What putting customers in came to."""

    added: int
    doubles: int  # were in already
    left_out: int = 0  # chosen, but no customers at present: left out of the base, or erased


@transaction.atomic
def create_manual(*, name: str, by: AbstractBaseUser | None, description: str = "") -> Segment:
    """Make an empty segment; raise ValidationError by box."""
    name = name.strip()
    check_name(name)
    segment = Segment.objects.create(
        kind=Segment.Kind.MANUAL,
        slug=free_slug(name),
        name=name,
        description=description.strip()[:1_000],
        owner=by,  # type: ignore[misc]
    )
    audit.record(by, "segment", segment, name=name)
    # Counted at once, so that whoever is put in later entered by hand and not at first.
    settle(segment, at=timezone.now(), cause=Cause.FIRST)
    return segment


@transaction.atomic
def add_members(
    segment: Segment,
    customers: Iterable[int],
    *,
    by: AbstractBaseUser | None,
    at: datetime,
    cause: str = Cause.MANUAL,
) -> Chosen:
    """Put customers into a manual segment; raise ValidationError when they are too many."""
    segment = _held(segment)
    wanted = set(customers)
    known = set(
        Customer.objects.filter(pk__in=wanted, merged_into=None, erased_at=None).values_list(
            "pk", flat=True
        )
    )
    chosen = ManualMember.objects.filter(segment=segment)
    new = known - set(chosen.filter(customer__in=known).values_list("customer_id", flat=True))
    if chosen.count() + len(new) > MOST:
        raise ValidationError(
            f"A segment chosen by hand holds {MOST:,} customers at most. Make it a rule instead."
        )
    ManualMember.objects.bulk_create(
        [ManualMember(segment=segment, customer_id=pk, added_by=by, added_at=at) for pk in new],  # type: ignore[misc]
        batch_size=PAGE,
    )
    before = segment.members_count
    settle(segment, at=at, cause=cause)
    audit.record(by, "segment_members", segment, added=len(new))
    _tell_readers(segment, cause=cause)
    return Chosen(len(new), len(known) - len(new), len(new) - (segment.members_count - before))


@transaction.atomic
def remove_members(
    segment: Segment, customers: Collection[int], *, by: AbstractBaseUser | None, at: datetime
) -> int:
    """Take customers out of a manual segment; return how many were in it."""
    segment = _held(segment)
    removed, _ = ManualMember.objects.filter(segment=segment, customer__in=customers).delete()
    if removed:
        settle(segment, at=at, cause=Cause.MANUAL)
        audit.record(by, "segment_members", segment, removed=removed)
        _tell_readers(segment)
    return removed


def settle(segment: Segment, *, at: datetime, cause: str, also: Collection[int] = ()) -> None:
    """Make the membership what was chosen: of those who are customers, and of `also`.

    Runs in the caller's transaction.
    """
    counted = Q(customer__metrics__in_base=True) | Q(customer__in=also)
    rows = ManualMember.objects.filter(counted, segment=segment).order_by()
    wanted = rows.annotate(of=Value(segment.pk)).values_list("of", "customer_id")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, segment.pk])
        statement, values = wanted.query.sql_with_params()
        members = sql.SQL("SELECT * FROM ({}) AS chosen (segment_id, customer_id)").format(
            sql.SQL(cursor.mogrify(statement, values))
        )
        membership.refresh(
            cursor, membership.Wanted([segment.pk], members), membership.Because(cause, at)
        )
    segment.refresh_from_db(fields=["members_count", "refreshed_at"])


@transaction.atomic
def settle_all(*, at: datetime) -> int:
    """Follow who became a customer, or is none any more; return how many segments there are."""
    rows = list(Segment.objects.filter(kind=Segment.Kind.MANUAL).exclude(state="archived"))
    for segment in rows:
        settle(segment, at=at, cause=Cause.DATA)
    return len(rows)


def manual_segments() -> list[Segment]:
    """Return the segments customers can be put into, by name."""
    rows = Segment.objects.filter(kind=Segment.Kind.MANUAL, state=Segment.State.ACTIVE)
    return list(rows.order_by("name"))


def _held(segment: Segment) -> Segment:
    """Return the row, locked; raise ValidationError for one that is not chosen by hand."""
    if segment.kind != Segment.Kind.MANUAL:
        raise ValidationError(f"“{segment.name}” fills itself; nobody is put in by hand.")
    return Segment.objects.select_for_update().get(pk=segment.pk)


def _tell_readers(segment: Segment, *, cause: str = Cause.MANUAL) -> None:
    readers = [row.pk for row in with_readers([segment]) if row.pk != segment.pk]
    if readers:
        jobs.start(REFRESH, params={"segments": readers, "cause": cause})
