"""The background work of Shopify's segments, and its doors."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from integrations.models import ShopifySegment, ShopifySegmentMove, ShopifyStore
from integrations.shopify import moments
from integrations.shopify.connecting import PROVIDER
from integrations.shopify.segments import numbers, syncing
from integrations.shopify.segments.moves import LIST_JOB
from segments.models import Segment
from segments.models.membership import Cause
from tenants import audit, jobs
from tenants.jobs import Cadence, Job
from tenants.models import Run
from tenants.schema import connection

MOVES_KEPT = timedelta(days=2)


def sync_now(segment: Segment | None = None, *, by: audit.Actor = None) -> Run:
    """Have the segments read again, all of them or one; the run that waits already does it."""
    with transaction.atomic():
        rows = ShopifySegment.objects.filter(gone_at=None).exclude(is_chosen=False)
        (rows.filter(pk=segment.pk) if segment else rows).update(is_due=True)
        audit.record(by, "sync_shopify_segments", segment or Segment)
        return jobs.live(LIST_JOB) or jobs.start(LIST_JOB)


def choose(segment: Segment, *, is_chosen: bool | None, by: audit.Actor) -> None:
    """Say whether a segment's members are mirrored; None leaves it to the budget."""
    with transaction.atomic(), connection.cursor() as cursor:
        row = ShopifySegment.objects.select_related("store").get(pk=segment.pk)
        row.is_chosen, row.is_due, row.error = is_chosen, is_chosen is not False, ""
        if is_chosen is False:
            row.generation, row.reading, row.members_at = row.generation + 1, None, None
        row.save()
        if is_chosen is False:
            numbers.drop_others(row, row.generation)
            numbers.settle(cursor, row, at=timezone.now(), cause=Cause.MANUAL)
            # Mirrored again, its members are there at first, and have not just entered.
            Segment.objects.filter(pk=row.pk).update(refreshed_at=None)
        audit.record(by, "choose_shopify_segment", segment, mirrored=is_chosen)
        if is_chosen is not False:
            jobs.wake(LIST_JOB)


def run(handle: jobs.RunHandle) -> dict[str, Any]:
    """Do what `syncing.run` does, and forget moves that a list has overtaken."""
    ShopifySegmentMove.objects.filter(at__lt=handle.moment - MOVES_KEPT).delete()
    return syncing.run(handle)


def _connected(store: ShopifyStore) -> None:
    jobs.wake(LIST_JOB)


def _left(store: ShopifyStore) -> None:
    """Leave the members as they were; pages say as of when."""


moments.FOLLOWERS.register(moments.Follower("segments", "Segments", _connected, _left))
jobs.register(
    Job(
        key=LIST_JOB,
        label="Sync Shopify segments",
        run=run,
        queue="sync",
        cadence=Cadence.HOURS,
        every=6,
        account=PROVIDER,
        help="The list of Shopify's own segments and their members, read only.",
    )
)
