"""Who should have posted by now, and which samples wait too long to be sent."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from samples.creators.acting import user_of
from samples.creators.posts import checked_link, is_posted
from samples.models import Creator, FollowUpSettings, SampleFollowUp, SampleOrder
from tenants import audit

State = SampleOrder.State


def to_chase(*, on: date, settings: FollowUpSettings | None = None) -> "QuerySet[SampleOrder]":
    """Return samples fulfilled at least N days before `on` whose creator has not posted since.

    Where no source told when it was sent, the day it was ordered stands for it. Left out: creators
    with whom it ended, and samples for which staff expect no post.
    """
    settings = settings or FollowUpSettings.current()
    limit = on - timedelta(days=settings.chase_after_days)
    excused = SampleFollowUp.objects.filter(order=OuterRef("pk"), excused_on__isnull=False)
    rows = SampleOrder.objects.filter(creator__isnull=False, state=State.FULFILLED)
    rows = rows.exclude(creator__status=Creator.Status.ENDED)
    rows = rows.alias(sent_on=Coalesce("fulfilled_on", "placed_on")).filter(sent_on__lte=limit)
    return rows.filter(~Exists(excused)).exclude(is_posted()).order_by("-placed_at", "-pk")


def waiting_too_long(
    *, on: date, settings: FollowUpSettings | None = None
) -> "QuerySet[SampleOrder]":
    """Return samples still pending N days after they were ordered, newest first."""
    settings = settings or FollowUpSettings.current()
    limit = on - timedelta(days=settings.pending_after_days)
    rows = SampleOrder.objects.filter(state=State.PENDING, placed_on__lt=limit)
    return rows.order_by("-placed_at", "-pk")


def remind(orders: Sequence[int], *, by: audit.Actor, on: date) -> int:
    """Mark that the creators of these samples were reminded; return how many samples."""
    return _mark(orders, action="remind_creators", by=by, on=on)


def excuse(orders: Sequence[int], *, by: audit.Actor, on: date) -> int:
    """Expect no post about these samples any more; return how many."""
    return _mark(orders, action="expect_no_post", by=by, on=on)


def _mark(orders: Sequence[int], *, action: str, by: audit.Actor, on: date) -> int:
    with transaction.atomic():
        ids = list(SampleOrder.objects.filter(pk__in=orders).values_list("pk", flat=True))
        rows = [SampleFollowUp(order_id=pk) for pk in ids]
        SampleFollowUp.objects.bulk_create(rows, ignore_conflicts=True)
        marked = SampleFollowUp.objects.filter(order__in=ids)
        if action == "remind_creators":
            marked.update(
                reminders_count=F("reminders_count") + 1, reminded_on=on, changed_by=user_of(by)
            )
        else:
            marked.update(excused_on=on, changed_by=user_of(by))
        if ids:
            audit.record(by, action, SampleOrder, samples=len(ids))
    return len(ids)


def track(order_id: int, *, link: str, by: audit.Actor) -> None:
    """Keep the carrier's page of a sample's parcel; an empty one takes it away.

    Raises ValueError in words.
    """
    kept = checked_link(link) if link.strip() else ""
    SampleFollowUp.objects.update_or_create(
        order_id=order_id, defaults={"tracking_url": kept, "changed_by": user_of(by)}
    )
    audit.record(by, "track_sample", SampleOrder, order=order_id)
