"""Making, changing and deleting promo codes: each save is a version that says what it changed."""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from commerce.text import fold
from segments.models import PromoCode, PromoSegment, PromoVersion, Redemption
from segments.promotions.differences import differences
from segments.promotions.drafts import Draft, check, draft_of
from tenants import audit

Side = PromoSegment.Side
SCALARS = (
    *("description", "discount", "value", "match", "starts_at", "ends_at"),
    *("most_total", "most_each", "unknown", "state"),
)


class ChangedMeanwhileError(Exception):
    """Somebody saved a newer version since the caller read the code."""


class UsedError(Exception):
    """A code that was used cannot be deleted."""


@transaction.atomic
def save_code(
    draft: Draft,
    *,
    by: audit.Actor,
    at: datetime,
    row: PromoCode | None = None,
    version: int | None = None,
) -> PromoCode:
    """Keep a code; the same again makes no version.

    Raises ValidationError by box; ChangedMeanwhileError when `version` is not the newest.
    """
    if row is not None:
        row = PromoCode.objects.select_for_update().get(pk=row.pk)
        if version is not None and version != row.version:
            raise ChangedMeanwhileError
    check(draft, row=row)
    before = draft_of(row, row.sides.all()) if row else None
    if row is not None and before == draft:
        return row
    kept = row or PromoCode(version=0, created_by=_person(by))
    kept.code, kept.code_key = draft.code, fold(draft.code)
    for name in SCALARS:
        setattr(kept, name, getattr(draft, name))
    kept.version += 1
    kept.changed_at = at
    # A use that is recorded meanwhile counts on: its number is not this save's to write.
    names = [one.name for one in PromoCode._meta.concrete_fields if one.name != "redeemed_count"]
    kept.save(update_fields=[name for name in names if name != "id"] if row else None)
    if before is None or (before.include, before.exclude) != (draft.include, draft.exclude):
        _write_sides(kept, draft)
    _write_version(kept, before, draft, by=by, at=at)
    return kept


def _write_sides(row: PromoCode, draft: Draft) -> None:
    row.sides.all().delete()
    both = ((Side.INCLUDE, draft.include), (Side.EXCLUDE, draft.exclude))
    PromoSegment.objects.bulk_create(
        PromoSegment(code=row, segment_id=pk, side=side) for side, ids in both for pk in ids
    )


def _write_version(
    row: PromoCode, before: Draft | None, draft: Draft, *, by: audit.Actor, at: datetime
) -> None:
    said = differences(before, draft)
    PromoVersion.objects.create(
        code=row,
        number=row.version,
        difference=said,
        definition=draft.as_json(),
        author=_person(by),
        by=actor_name(by),
        saved_at=at,
    )
    action = "make_promo_code" if before is None else "save_promo_code"
    audit.record(by, action, row, code=row.code, version=row.version)


@transaction.atomic
def delete_code(row: PromoCode, *, by: audit.Actor) -> None:
    """Delete a code that was never used; raise UsedError for one that was."""
    row = PromoCode.objects.select_for_update().get(pk=row.pk)
    if Redemption.objects.filter(code=row).exists():
        raise UsedError("This code was used, and its uses are kept. Archive it instead.")
    audit.record(by, "delete_promo_code", row, code=row.code)
    row.delete()


def set_state(row: PromoCode, state: str, *, by: audit.Actor, at: datetime) -> PromoCode:
    """Switch a code on or off, or archive it."""
    if state not in PromoCode.State.values:
        raise ValidationError({"state": "A code is on, off or archived."})
    draft = draft_of(row, row.sides.all())
    return save_code(Draft(**{**draft.__dict__, "state": state}), by=by, at=at, row=row)


def actor_name(by: audit.Actor) -> str:
    """Return what a program's key is called; "" for people, whose account is kept."""
    key = getattr(by, "key", None)
    return str(key)[:120] if key is not None else ""


def _person(by: audit.Actor) -> User | None:
    return by if isinstance(by, User) else None
