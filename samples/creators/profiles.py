"""Adding and changing creators, with their handles and codes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from commerce.keys import key
from samples.creators import figures
from samples.creators.acting import local_day
from samples.creators.handles import handle_key
from samples.models import Creator, CreatorCode, CreatorHandle
from tenants import audit, jobs

JOB = "creators"


class CreatorRefused(Exception):  # noqa: N818 - a state
    """Nothing was changed; the message is for the merchant."""


def save(
    creator: Creator,
    *,
    handles: Mapping[str, Sequence[str]] | None = None,
    by: audit.Actor,
    at: datetime,
) -> Creator:
    """Write a new or changed creator with all their handles by platform; raise CreatorRefused.

    Without `handles` those they have stay. Suggestions follow in the background.
    """
    is_new = creator.pk is None
    try:
        with transaction.atomic():
            creator.save()
            if handles is not None:
                _set_handles(creator, handles)
            if is_new:
                figures.refresh([creator.pk], on=local_day(at))
            done = "add_creator" if is_new else "edit_creator"
            audit.record(by, done, creator, status=creator.status)
    except IntegrityError as error:
        raise CreatorRefused("Somebody else has one of these handles. Merge the two?") from error
    jobs.wake(JOB)
    return creator


def handle_owner(handle: str, *, platform: str, other_than: int | None = None) -> Creator | None:
    """Return whose handle this is already, unless it is `other_than`'s."""
    rows = CreatorHandle.objects.filter(platform=platform, handle_key=handle_key(handle))
    row = rows.exclude(creator=other_than).select_related("creator").first()
    return row.creator if row else None


def add_code(
    creator: Creator,
    *,
    kind: str,
    code: str,
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: audit.Actor,
) -> CreatorCode:
    """Give the creator a code; the store's orders are looked through for it in the background."""
    code = code.strip()
    try:
        with transaction.atomic():
            row = CreatorCode.objects.create(
                creator=creator,
                kind=kind,
                code=code,
                code_key=key(code, length=255),
                starts_on=starts_on,
                ends_on=ends_on,
            )
            audit.record(by, "add_creator_code", creator)
    except IntegrityError as error:
        raise CreatorRefused(f"“{code}” is a creator's code already.") from error
    jobs.wake(JOB)
    return row


def remove_code(code: CreatorCode, *, by: audit.Actor, at: datetime) -> None:
    """Take a code away, and with it the orders it brought."""
    with transaction.atomic():
        creator = code.creator
        code.delete()
        figures.refresh([creator.pk], on=local_day(at))
        audit.record(by, "remove_creator_code", creator)


def remove(creator: Creator, *, by: audit.Actor) -> None:
    """Delete a creator with posts, requests and rights; the samples stay, linked to nobody."""
    with transaction.atomic():
        audit.record(by, "remove_creator", creator)
        creator.delete()


def _set_handles(creator: Creator, handles: Mapping[str, Sequence[str]]) -> None:
    wanted: dict[tuple[str, str], str] = {
        (platform, handle_key(handle)): handle
        for platform, names in handles.items()
        for handle in names
    }
    for row in creator.handles.all():
        if wanted.get((row.platform, row.handle_key)) == row.handle:
            del wanted[row.platform, row.handle_key]
        else:
            row.delete()
    rows: list[Any] = [
        CreatorHandle(creator=creator, platform=platform, handle=handle, handle_key=handle_key_)
        for (platform, handle_key_), handle in wanted.items()
    ]
    CreatorHandle.objects.bulk_create(rows)
