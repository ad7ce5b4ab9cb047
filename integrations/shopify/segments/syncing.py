"""The run that keeps Shopify's segments: the list, then the members of those that are to be had."""

from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

from django.db.models import Q

from integrations import sync
from integrations.errors import Refused, TryLater
from integrations.models import ShopifySegment, ShopifySegmentBudget, ShopifyStore
from integrations.shopify.client import ShopifyClient
from integrations.shopify.connecting import Standing
from integrations.shopify.credentials import client_for
from integrations.shopify.segments import listing, members
from segments import usages
from tenants.runs import JobFailed, Later, RunHandle

TURN = 75.0  # seconds of work in one go; then whoever waits has a turn
FRESH = timedelta(hours=5)  # members younger than this are not read again by the schedule


def run(handle: RunHandle) -> dict[str, Any]:
    """Bring every connected store's segments up to date; one that has to wait holds up no other."""
    stores = ShopifyStore.objects.filter(state=ShopifyStore.State.CONNECTED).order_by("pk")
    failed: list[str] = []
    later: Later | None = None
    for store in stores:
        if store.pk in handle.run.counts.get("stores", []):
            continue
        try:
            part = partial(_of_store, handle, store)
            handle.run.counts = sync.follow(handle, part, connection=Standing(store))
        except JobFailed as error:
            failed.append(f"{store}: {error}")
        except Later as error:
            handle.run.counts = error.counts
            if later is None or _sooner(error, later):
                later = error
    if later is not None:
        raise Later(at=later.at, counts=handle.run.counts)
    if failed:
        raise JobFailed(" ".join(failed))
    return {
        key: count for key, count in handle.run.counts.items() if key not in ("stores", "listed")
    }


def _sooner(one: Later, other: Later) -> bool:
    return one.at is None or (other.at is not None and one.at < other.at)


def _of_store(handle: RunHandle, store: ShopifyStore, counts: sync.Counts) -> sync.Counts:
    """Do one store; what is done is noted in `counts`, so that a later part goes on from there."""
    at, ends = handle.moment, monotonic() + TURN
    listed = counts.setdefault("listed", [])
    with client_for(store) as client:
        if store.pk not in listed:
            for key, count in listing.refresh_list(client, store, at=at).items():
                counts[key] = counts.get(key, 0) + count
            listed.append(store.pk)
        _read_members(client, store, handle, counts, at=at, ends=ends)
    counts.setdefault("stores", []).append(store.pk)
    return counts


def _read_members(
    client: ShopifyClient,
    store: ShopifyStore,
    handle: RunHandle,
    counts: sync.Counts,
    *,
    at: datetime,
    ends: float,
) -> None:
    waiting: TryLater | None = None
    rows = due(store, at=at)
    left = room(store)
    for place, row in enumerate(rows):
        handle.report(place, len(rows), f"Reading {row.name}"[:120])
        most = None if row.is_chosen else left
        try:
            members.read(client, row, at=at, most=most)
        except members.NotMirrored:
            _counted_only(row, counts)
            continue
        except Refused as error:
            _note(row, error.words, counts)
            continue
        except TryLater as error:
            if not row.query_id:
                raise
            waiting = error  # the shop puts this list together: the others meanwhile
            continue
        counts["segments_read"] = counts.get("segments_read", 0) + 1
        counts["members"] = counts.get("members", 0) + (row.shop_count or 0)
        if row.is_chosen is None:
            left = max(0, left - (row.shop_count or 0))
        if monotonic() > ends:
            raise Later
    if waiting is not None:
        raise waiting


def due(store: ShopifyStore, *, at: datetime) -> list[ShopifySegment]:
    """Return the segments whose members are to be read: begun, chosen, used, then the smallest."""
    rows = ShopifySegment.objects.filter(store=store, gone_at=None).exclude(is_chosen=False)
    old = Q(members_at=None) | Q(members_at__lt=at - FRESH)
    found = list(rows.filter(old | Q(is_due=True)).select_related("store", "segment"))
    used = usages.used_in([row.pk for row in found])
    found.sort(
        key=lambda row: (
            row.reading is None,
            row.is_chosen is None,
            not used.get(row.pk),
            row.members_at is None and row.shop_count is not None,
            row.shop_count or 0,
            row.pk,
        )
    )
    return found[: budget().most_segments + sum(row.is_chosen is True for row in found)]


def room(store: ShopifyStore) -> int:
    """Return how many more members may be mirrored without being chosen."""
    rows = ShopifySegment.objects.filter(store=store, gone_at=None, is_chosen=None)
    mirrored = rows.exclude(members_at=None).filter(is_due=False)
    spent = sum(count or 0 for count in mirrored.values_list("shop_count", flat=True))
    return max(0, budget().most_members - spent)


def budget() -> ShopifySegmentBudget:
    """Return the merchant's own limits, made with defaults the first time."""
    return ShopifySegmentBudget.objects.get_or_create(pk=1)[0]


def _counted_only(row: ShopifySegment, counts: sync.Counts) -> None:
    words = "Larger than what is mirrored by itself. Choose it to mirror its members."
    ShopifySegment.objects.filter(pk=row.pk).update(error=words, is_due=False)
    counts["segments_counted"] = counts.get("segments_counted", 0) + 1


def _note(row: ShopifySegment, words: str, counts: sync.Counts) -> None:
    ShopifySegment.objects.filter(pk=row.pk).update(error=words[:300], is_due=False)
    counts["segments_refused"] = counts.get("segments_refused", 0) + 1
