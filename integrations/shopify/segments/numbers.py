"""From the shop's numbers to members: the one place that writes both, in one transaction.

Numbers stand in generations: a list is read beside the one that stands, and takes its place whole.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from integrations.models import ShopifySegment, ShopifySegmentMember
from segments import membership
from segments.definitions import REFRESH
from segments.following import with_readers
from segments.models import Segment
from segments.models.membership import Cause
from segments.refreshing import LOCK
from tenants import jobs

_INSERT = """
    INSERT INTO integrations_shopifysegmentmember (segment_id, generation, number)
    SELECT %s, %s, unnest(%s::bigint[]) ON CONFLICT DO NOTHING
"""
# Whom the mirror knows under these numbers, as far as they are customers of the base now.
_MEMBERS = sql.SQL("""
    SELECT DISTINCT n.segment_id, i.customer_id
    FROM integrations_shopifysegmentmember n
    JOIN commerce_customeridentity i
      ON i.source = {source} AND i.external_id = n.number::text
    JOIN commerce_customermetrics c ON c.customer_id = i.customer_id AND c.in_base
    WHERE n.segment_id = {segment} AND n.generation = {generation}
""")
_UNKNOWN = """
    SELECT count(*) FROM integrations_shopifysegmentmember n
    WHERE n.segment_id = %s AND n.generation = %s AND NOT EXISTS (
        SELECT FROM commerce_customeridentity i
        WHERE i.source = %s AND i.external_id = n.number::text)
"""


def add(cursor: CursorWrapper, row: ShopifySegment, generation: int, ids: Iterable[int]) -> None:
    """Write numbers into a generation; those that are there stay."""
    cursor.execute(_INSERT, [row.pk, generation, list(ids)])


def count(row: ShopifySegment, generation: int) -> int:
    """Return how many numbers a generation has."""
    return ShopifySegmentMember.objects.filter(segment=row, generation=generation).count()


def drop_others(row: ShopifySegment, generation: int) -> None:
    """Delete every generation but this one."""
    ShopifySegmentMember.objects.filter(segment=row).exclude(generation=generation).delete()


def settle(
    cursor: CursorWrapper,
    row: ShopifySegment,
    *,
    at: datetime,
    only: Collection[int] | None = None,
    cause: str = Cause.PLATFORM,
) -> None:
    """Make the members what the standing generation says; `only`: of these customers alone.

    Runs in the caller's transaction. What moved, moved on the platform unless it is said otherwise.
    """
    cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, row.pk])
    members = _MEMBERS.format(
        source=sql.Literal(row.store.source),
        segment=sql.Literal(row.pk),
        generation=sql.Literal(row.generation),
    )
    scope = _scope(cursor, only)
    if only is not None:
        members = sql.SQL("{} AND i.customer_id = ANY({})").format(members, sql.Literal(list(only)))
    because = membership.Because(cause, at)
    membership.refresh(cursor, membership.Wanted([row.pk], members, only=scope), because)
    cursor.execute(_UNKNOWN, [row.pk, row.generation, row.store.source])
    row.unknown_count = cursor.fetchone()[0]
    row.save(update_fields=["unknown_count"])


def _scope(cursor: CursorWrapper, only: Collection[int] | None) -> sql.Identifier | None:
    if only is None:
        return None
    cursor.execute("DROP TABLE IF EXISTS shopify_moved")
    cursor.execute(
        "CREATE TEMPORARY TABLE shopify_moved ON COMMIT DROP AS"
        " SELECT unnest(%s::bigint[]) AS customer_id",
        [list(only)],
    )
    return sql.Identifier("shopify_moved")


def tell_readers(row: ShopifySegment) -> None:
    """Have the segments that read this one look again."""
    segment = Segment.objects.get(pk=row.pk)
    readers = [each.pk for each in with_readers([segment]) if each.pk != segment.pk]
    if readers:
        jobs.start(REFRESH, params={"segments": readers, "cause": Cause.PLATFORM})
