"""Sweeps: what changed since the watermark, page by page, oldest change first.

A page and the place behind it are one transaction, so a sweep that is killed goes on where it
stood. The watermark moves only when a sweep has come to its end, and never past its beginning.
"""

import time
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from integrations.errors import Refused, TryLater
from integrations.models import ShopifyMirror, ShopifyStore
from integrations.shopify import landing
from integrations.shopify.client import ShopifyClient
from integrations.shopify.resources import Resource, mirror_of
from integrations.sync import Counts
from tenants.progress import Progress
from tenants.runs import Later

# Seconds of work in one go; then whoever waits has a turn.
SLICE = 75.0


class Clock:
    """How much of its turn a run has left."""

    def __init__(self, seconds: float = SLICE) -> None:
        self._until = time.monotonic() + seconds

    def check(self) -> None:
        """Raise Later when the turn is over."""
        if time.monotonic() > self._until:
            raise Later


def sweep(
    client: ShopifyClient,
    store: ShopifyStore,
    resource: Resource,
    *,
    at: datetime,
    today: date,
    counts: Counts,
    progress: Progress,
    clock: Clock,
) -> None:
    """Bring in what changed since the watermark; `at` is the moment this part began."""
    mirror = mirror_of(store, resource)
    if mirror.watermark is None:
        return
    if not mirror.sweep_started_at:
        _begin(mirror, resource, at=at)
    is_last = False
    while not is_last:
        clock.check()
        progress.report(mirror.sweep_pages, None, f"Reading changed {resource.label}")
        nodes, after = _ask(client, mirror, resource)
        read = landing.read(nodes, to_item=lambda node: resource.to_item(client, store, node))
        is_last = after is None
        _land(store, mirror, resource, read=read, after=after, today=today, at=at, counts=counts)


def _begin(mirror: ShopifyMirror, resource: Resource, *, at: datetime) -> None:
    assert mirror.watermark is not None
    mirror.sweep_from = mirror.watermark - resource.overlap
    mirror.sweep_started_at, mirror.sweep_seen = at, None
    mirror.sweep_cursor, mirror.sweep_pages = "", 0
    mirror.save()


def _ask(
    client: ShopifyClient, mirror: ShopifyMirror, resource: Resource
) -> tuple[list[Any], str | None]:
    """Return a page's nodes and the cursor behind it, None at the end."""
    assert mirror.sweep_from is not None
    since = mirror.sweep_from.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        reply = client.ask(
            resource.page,
            first=resource.page_size,
            after=mirror.sweep_cursor or None,
            filter=f"updated_at:>='{since}'",
            **dict(resource.variables),
        )
    except Refused:
        if mirror.sweep_cursor:  # the shop forgets cursors: the sweep begins anew
            forget_place(mirror)
            raise TryLater("Shopify lost the place in its list; reading begins anew.") from None
        raise
    page = reply.data[resource.page]
    place = page["pageInfo"]
    if not place["hasNextPage"]:
        return page["nodes"], None
    after = str(place["endCursor"] or "")
    if not after or after == mirror.sweep_cursor:
        forget_place(mirror)
        raise TryLater("Shopify's list went in a circle; reading begins anew.")
    return page["nodes"], after


def forget_place(mirror: ShopifyMirror) -> None:
    """Let the next sweep begin at the watermark again."""
    mirror.sweep_started_at, mirror.sweep_cursor, mirror.sweep_seen = None, "", None
    mirror.save(update_fields=["sweep_started_at", "sweep_cursor", "sweep_seen"])


def _land(
    store: ShopifyStore,
    mirror: ShopifyMirror,
    resource: Resource,
    *,
    read: tuple[list[Any], dict[str, str]],
    after: str | None,
    today: date,
    at: datetime,
    counts: Counts,
) -> None:
    """Write a page and the place behind it, together."""
    items, unusable = read
    with transaction.atomic():
        standing = ShopifyMirror.objects.select_for_update().get(pk=mirror.pk)
        if (standing.sweep_cursor, standing.sweep_started_at) != (
            mirror.sweep_cursor,
            mirror.sweep_started_at,
        ):
            raise TryLater("Another worker reads this store just now.")
        how = landing.how_for(store, today=today, lines_complete=True)
        landed = landing.land(items, how=how)
        landed.skipped |= unusable
        landing.keep_skipped(store, resource=resource.key, landed=landed, at=at)
        seen = [item.changed_at for item in items]
        mirror.sweep_seen = max([*seen, *([standing.sweep_seen] if standing.sweep_seen else [])],
                                default=None)  # fmt: skip
        mirror.sweep_cursor, mirror.sweep_pages = after or "", standing.sweep_pages + 1
        if after is None:
            _end(mirror, at=at)
        mirror.save()
    count(counts, resource, landed, read=len(items) + len(unusable))


def _end(mirror: ShopifyMirror, *, at: datetime) -> None:
    """Move the watermark: to the newest change seen, never past the sweep's own beginning."""
    assert mirror.sweep_started_at is not None
    assert mirror.watermark is not None
    if mirror.sweep_seen is not None:
        newest = min(mirror.sweep_seen, mirror.sweep_started_at)
        mirror.watermark = max(mirror.watermark, newest)
    mirror.sweep_started_at, mirror.sweep_seen, mirror.swept_at = None, None, at


def count(counts: Counts, resource: Resource, landed: landing.Landed, *, read: int) -> None:
    """Add what became of a page to the run's counts."""
    for name, more in (("read", read), ("written", landed.taken), ("skipped", len(landed.skipped))):
        key = f"{resource.key}_{name}"
        counts[key] = counts.get(key, 0) + more
    for reason, times in landed.reasons().items():
        key = f"left out: {reason}"
        counts[key] = counts.get(key, 0) + times
