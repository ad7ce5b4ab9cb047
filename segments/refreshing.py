"""Bringing rule segments' members up to date: everybody, or those whose facts changed."""

import time
from collections.abc import Iterable
from datetime import datetime
from graphlib import TopologicalSorter

from django.db import DataError, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Value
from psycopg import sql

from segments import membership
from segments.audience import StoreScope, audience, clock_at
from segments.catalogue import StoreCatalogue
from segments.models import MembershipChange, Segment, SegmentRefresh
from segments.models.membership import Cause
from segments.rules.errors import RuleError
from segments.rules.parse import parse
from tenants.progress import Progress, Silence
from tenants.schema import connection

# A value that no rule can foresee: the other segments must not wait for this one.
UNCOUNTABLE = (
    "A value in the store cannot be compared as this rule asks. Its members are the last that could"
    " be counted; change the rule, or the value."
)


def refresh_segments(
    segments: Iterable[Segment],
    *,
    at: datetime,
    cause: str,
    causes: sql.Identifier | None = None,
    progress: Progress | None = None,
) -> int:
    """Compute the members of rule segments, those they read first; return how many were done.

    `causes` names a temporary table (customer_id, cause, event) of those who move for a cause of
    their own. A segment that fails keeps its last good members and says why.
    """
    progress = progress or Silence()
    ordered = in_order(segments)
    for place, segment in enumerate(ordered):
        progress.report(place, len(ordered), segment.name)
        refresh_segment(segment, at=at, cause=cause, causes=causes)
    progress.report(len(ordered), len(ordered), "Done")
    return len(ordered)


def in_order(segments: Iterable[Segment]) -> list[Segment]:
    """Return segments so that each comes after those it reads."""
    rows = {segment.pk: segment for segment in segments}
    reads = {pk: set(row.stands_on.get("segments", ())) & rows.keys() for pk, row in rows.items()}
    return [rows[pk] for pk in TopologicalSorter(reads).static_order()]


def refresh_segment(
    segment: Segment,
    *,
    at: datetime,
    cause: str,
    causes: sql.Identifier | None = None,
) -> SegmentRefresh:
    """Compute one segment's members in a transaction of its own and keep a row of it."""
    start = time.monotonic()
    done = SegmentRefresh(segment=segment, at=at, as_of=at)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, segment.pk])
            _write(cursor, segment, at=at, cause=cause, causes=causes)
    except RuleError as error:
        return needs_attention(segment, error.message, at=at)
    except DataError:
        return needs_attention(segment, UNCOUNTABLE, at=at)
    segment.refresh_from_db()
    moved = MembershipChange.objects.filter(segment=segment, at=at)
    done.entered, done.left = (moved.filter(entered=entered).count() for entered in (True, False))
    done.members, done.seconds = segment.members_count, time.monotonic() - start
    done.save()
    return done


def needs_attention(segment: Segment, reason: str, *, at: datetime) -> SegmentRefresh:
    """Freeze a segment whose rule cannot be counted any more, with the reason; keep a row of it."""
    reason = reason[:300]
    segment.state, segment.state_reason = Segment.State.NEEDS_ATTENTION, reason
    segment.save(update_fields=["state", "state_reason"])
    members = segment.members_count
    return SegmentRefresh.objects.create(
        segment=segment, at=at, as_of=at, members=members, error=reason
    )


LOCK = 7_316  # the advisory lock's class: one refresh at a time per segment


def _write(
    cursor: CursorWrapper,
    segment: Segment,
    *,
    at: datetime,
    cause: str,
    causes: sql.Identifier | None,
) -> None:
    catalogue = StoreCatalogue()
    rows = audience(parse(segment.rules, catalogue), catalogue, StoreScope(clock_at(at)))
    wanted = rows.order_by().annotate(in_segment=Value(segment.pk)).values_list("in_segment", "pk")
    statement, values = wanted.query.sql_with_params()
    selected = cursor.mogrify(statement, values)
    members = sql.SQL("SELECT * FROM ({}) AS selected (segment_id, customer_id)").format(
        sql.SQL(selected)
    )
    first = segment.refreshed_at is None
    membership.refresh(
        cursor,
        membership.Wanted([segment.pk], members),
        membership.Because(Cause.FIRST if first else cause, at, causes=causes, events=causes),
    )
