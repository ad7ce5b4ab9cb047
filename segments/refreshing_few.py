"""Bringing all segments up to date for a few customers: one difference, however many segments."""

import time
from collections.abc import Iterable
from datetime import datetime

from django.db import DataError, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Count, Q, Value
from django.db.models.expressions import RawSQL
from psycopg import sql

from segments import membership
from segments.audience import audience, clock_at
from segments.catalogue import StoreCatalogue
from segments.models import MembershipChange, Segment, SegmentRefresh
from segments.models.membership import Cause
from segments.narrow import NarrowCatalogue, NarrowScope
from segments.refreshing import LOCK, UNCOUNTABLE, in_order, needs_attention
from segments.rules.errors import RuleError
from segments.rules.parse import parse
from tenants.schema import connection

TABLE = "followed_customers"  # (customer_id, cause, event), a row a customer; until commit
_ONLY = RawSQL("SELECT customer_id FROM followed_customers", [])
_MEMBERS = sql.SQL("SELECT * FROM ({}) AS selected (segment_id, customer_id)")


def refresh_few(segments: Iterable[Segment], *, at: datetime) -> int:
    """Compute who of TABLE's customers is in `segments`; return how many segments were done.

    A statement for all segments that read none of the others, then one for their readers. Whoever
    moves does so for their own cause. A segment whose rule cannot be read keeps its members and
    says why.
    """
    done = 0
    for level in _levels(segments):
        try:
            done += _refresh(level, at=at)
        except DataError:  # of one of them: the others must not wait for it
            done += sum(_refresh_alone(segment, at=at) for segment in level)
    return done


def _refresh_alone(segment: Segment, *, at: datetime) -> int:
    try:
        return _refresh([segment], at=at)
    except DataError:
        needs_attention(segment, UNCOUNTABLE, at=at)
        return 0


def _levels(segments: Iterable[Segment]) -> list[list[Segment]]:
    """Return segments so that each level reads only earlier ones."""
    ordered = in_order(segments)
    places: dict[int, int] = {}
    for row in ordered:
        read = [places[pk] for pk in row.stands_on.get("segments", ()) if pk in places]
        places[row.pk] = max(read, default=-1) + 1
    last = max(places.values(), default=-1)
    return [[row for row in ordered if places[row.pk] == level] for level in range(last + 1)]


def _refresh(segments: list[Segment], *, at: datetime) -> int:
    start = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        for pk in sorted(row.pk for row in segments):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, pk])
        members = _members(cursor, segments, at=at)
        if not members:
            return 0
        only = sql.Identifier(TABLE)
        membership.refresh(
            cursor,
            membership.Wanted(list(members), sql.SQL(" UNION ALL ").join(members.values()), only),
            membership.Because(Cause.DATA, at, causes=only, events=only),
        )
        _keep(list(members), at=at, seconds=time.monotonic() - start)
    return len(members)


def _members(
    cursor: CursorWrapper, segments: list[Segment], *, at: datetime
) -> dict[int, sql.Composable]:
    """Return segment → SQL of who of the few is in it."""
    catalogue = NarrowCatalogue(StoreCatalogue(), _ONLY)
    scope = NarrowScope(clock_at(at), customers=_ONLY)
    found: dict[int, sql.Composable] = {}
    for segment in segments:
        try:
            rows = audience(parse(segment.rules, catalogue), catalogue, scope)
        except RuleError as error:
            needs_attention(segment, error.message, at=at)
            continue
        wanted = rows.filter(pk__in=_ONLY).order_by().annotate(of=Value(segment.pk))
        asked = wanted.values_list("of", "pk").query.sql_with_params()
        found[segment.pk] = _MEMBERS.format(sql.SQL(cursor.mogrify(*asked)))
    return found


def _keep(segments: list[int], *, at: datetime, seconds: float) -> None:
    """Keep a row of each segment in which somebody moved: hardly any does at one order."""
    moved = (
        MembershipChange.objects.filter(segment__in=segments, at=at)
        .values("segment_id", "segment__members_count")
        .annotate(came=Count("pk", filter=Q(entered=True)))
        .annotate(went=Count("pk", filter=Q(entered=False)))
        .order_by()
    )
    SegmentRefresh.objects.bulk_create(
        SegmentRefresh(
            segment_id=row["segment_id"],
            at=at,
            as_of=at,
            members=row["segment__members_count"],
            entered=row["came"],
            left=row["went"],
            seconds=seconds,
        )
        for row in moved
    )
