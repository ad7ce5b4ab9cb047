"""Two creators who turn out to be one person, made one."""

from datetime import datetime

from django.db import transaction

from samples.creators import figures
from samples.creators.acting import local_day
from samples.creators.profiles import CreatorRefused
from samples.models import (
    Creator,
    CreatorCode,
    CreatorHandle,
    Finding,
    LinkSuggestion,
    Post,
    SampleFollowUp,
    SampleOrder,
    SampleRequest,
    UsageRight,
)
from tenants import audit

# Everything that names a creator and may simply name the other one.
PARTS = (
    *(CreatorCode, CreatorHandle, Finding, Post),
    *(SampleFollowUp, SampleOrder, SampleRequest, UsageRight),
)
FILLED = ("email", "phone", "customer_id")


def merge_creators(*, survivor: int, absorbed: int, by: audit.Actor, at: datetime) -> Creator:
    """Move everything of `absorbed` to `survivor` and delete it; what is kept lacks is filled in.

    Cannot be undone. Raises CreatorRefused.
    """
    with transaction.atomic():
        rows = Creator.objects.select_for_update().filter(pk__in=(survivor, absorbed))
        found = {row.pk: row for row in rows.order_by("pk")}
        if len(found) != 2:
            raise CreatorRefused("Choose two different creators that are both still there.")
        kept, gone = found[survivor], found[absorbed]
        for part in PARTS:
            part._default_manager.filter(creator=gone).update(creator=kept)
        known = LinkSuggestion.objects.filter(creator=kept).values("order")
        moving = LinkSuggestion.objects.filter(creator=gone)
        moving.exclude(order__in=known).update(creator=kept)
        _fill(kept, gone)
        audit.record(by, "merge_creators", kept, absorbed=gone.pk)
        gone.delete()
        figures.refresh([kept.pk], on=local_day(at))
        kept.refresh_from_db()
        return kept


def _fill(kept: Creator, gone: Creator) -> None:
    for name in FILLED:
        if not getattr(kept, name):
            setattr(kept, name, getattr(gone, name))
    if gone.notes:
        kept.notes = f"{kept.notes}\n{gone.notes}".strip()[:5_000]
    kept.save()
