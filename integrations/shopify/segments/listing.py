"""Which segments a shop has: a row each that everybody reads, kept in step with the shop's list."""

from datetime import datetime
from typing import Any

from django.db import transaction

from integrations.errors import TryLater
from integrations.models import ShopifySegment, ShopifyStore
from integrations.shopify.client import ShopifyClient
from integrations.shopify.mappers import Unusable, moment_or_none, number
from segments.definitions import free_slug
from segments.models import Segment

PAGE = 250
# A shop that had more than so many and lists none at all is not believed.
NOT_BELIEVED = 3
GONE = "Deleted in Shopify. Its last members stay until you archive it."


def refresh_list(client: ShopifyClient, store: ShopifyStore, *, at: datetime) -> dict[str, int]:
    """Read the whole list and follow it; return how many there are, new and gone."""
    told = list(_all(client).items())
    known = {row.external_id: row for row in _known(store)}
    if not told and sum(row.gone_at is None for row in known.values()) > NOT_BELIEVED:
        raise TryLater("Shopify listed no segments at all, which is not believed.")
    new = 0
    with transaction.atomic():
        for external_id, node in told:
            row = known.pop(external_id, None)
            if row is None:
                _make(store, external_id, node, at=at)
                new += 1
            else:
                _follow(row, node, at=at)
        gone = [row for row in known.values() if row.gone_at is None]
        for row in gone:
            _lose(row, at=at)
    return {"segments": len(told), "segments_new": new, "segments_gone": len(gone)}


def _all(client: ShopifyClient) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    after = None
    while True:
        page = client.ask("segments", first=PAGE, after=after).data["segments"]
        for node in page["nodes"]:
            try:
                found[int(number(node.get("id")))] = node
            except Unusable:
                continue
        place = page["pageInfo"]
        if not place["hasNextPage"]:
            return found
        if place["endCursor"] in (None, after):
            raise TryLater("Shopify's list of segments went in a circle; it is read anew.")
        after = place["endCursor"]


def _known(store: ShopifyStore) -> list[ShopifySegment]:
    return list(ShopifySegment.objects.filter(store=store).select_related("segment"))


def _make(store: ShopifyStore, external_id: int, node: dict[str, Any], *, at: datetime) -> None:
    name = _name(node, external_id)
    segment = Segment.objects.create(
        kind=Segment.Kind.SHOPIFY,
        key=f"shopify-{store.pk}-{external_id}",
        slug=free_slug(name),
        name=name[:120],
        description=_query(node),
    )
    ShopifySegment.objects.create(
        segment=segment,
        store=store,
        external_id=external_id,
        name=name,
        query=_query(node),
        made_at=moment_or_none(node, "creationDate"),
        edited_at=moment_or_none(node, "lastEditDate"),
        listed_at=at,
        is_due=True,
    )


def _follow(row: ShopifySegment, node: dict[str, Any], *, at: datetime) -> None:
    """Take over what changed; another query means other members."""
    name, query = _name(node, row.external_id), _query(node)
    edited = moment_or_none(node, "lastEditDate")
    if row.query != query or row.edited_at != edited or row.gone_at is not None:
        row.is_due = True
    is_back = row.gone_at is not None
    row.name, row.query, row.edited_at = name, query, edited
    row.listed_at, row.gone_at = at, None
    row.save(update_fields=["name", "query", "edited_at", "listed_at", "gone_at", "is_due"])
    segment = row.segment
    if is_back:
        segment.state, segment.state_reason = Segment.State.ACTIVE, ""
    segment.name, segment.description = name[:120], query
    segment.save(update_fields=["name", "description", "state", "state_reason"])


def _lose(row: ShopifySegment, *, at: datetime) -> None:
    """Freeze a segment that the shop has no more: what it targets must not widen by itself."""
    row.gone_at, row.reading, row.query_id = at, None, ""
    row.save(update_fields=["gone_at", "reading", "query_id"])
    rows = Segment.objects.filter(pk=row.pk).exclude(state=Segment.State.ARCHIVED)
    rows.update(state=Segment.State.NEEDS_ATTENTION, state_reason=GONE)


def _name(node: dict[str, Any], external_id: int) -> str:
    text = str(node.get("name") or "").replace("\0", "").strip()[:255]
    return text or f"Shopify segment {external_id}"


def _query(node: dict[str, Any]) -> str:
    return str(node.get("query") or "").replace("\0", "")[:10_000]
