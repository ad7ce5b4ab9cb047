"""Reading a segment's members page by page, beside those that stand, and putting them in place.

A list of a few pages is read as it is; a larger one is first put together by the shop, so that it
does not move while it is read. A page and the place behind it are one transaction.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from commerce.erasure import prints
from integrations.errors import Refused, TryLater
from integrations.models import ShopifySegment, ShopifySegmentMove
from integrations.shopify.client import ShopifyClient
from integrations.shopify.mappers import Unusable, number
from integrations.shopify.segments import numbers
from tenants.schema import connection

PAGE = 1_000  # the most a shop gives: fifteen points
FEW = 3 * PAGE  # members that are read without having the shop put a list together
SLACK = 0.01  # of a list that moves while it is read
LIST_LIVES = timedelta(hours=6)  # an unfinished list older than this is asked for anew
NOT_READY = 3.0  # seconds until a list is looked for again


class NotMirrored(Exception):  # noqa: N818 - a state
    """The segment is larger than what is left to spend; it was counted only."""


def read(client: ShopifyClient, row: ShopifySegment, *, at: datetime, most: int | None) -> None:
    """Go on reading, or begin; put the members in place at the end.

    `most`: members beyond which an unchosen segment is counted only (raises NotMirrored). Raises
    TryLater while the shop still puts the list together.
    """
    if row.reading is not None and _is_stale(row, at=at):
        _begin_again(row)
    if row.reading is None:
        page = _first(client, row)
        _begin(row, page, at=at)
        if most is not None and (row.shop_count or 0) > most:
            _begin_again(row)
            raise NotMirrored
        if (row.shop_count or 0) <= FEW:
            if _land(row, page):
                _finish(row, at=at)
                return
        else:
            _ask_for_list(client, row)
    while not _land(row, _next(client, row)):
        continue
    _finish(row, at=at)


def _first(client: ShopifyClient, row: ShopifySegment) -> dict[str, Any]:
    reply = client.ask(
        "segment_members",
        segmentId=f"gid://shopify/Segment/{row.external_id}",
        first=PAGE,
        after=None,
        timezone=row.store.timezone or "UTC",
    )
    return _members(reply.data)


def _next(client: ShopifyClient, row: ShopifySegment) -> dict[str, Any]:
    try:
        if row.query_id:
            if not row.cursor and not row.read_count:
                _check_ready(client, row)
            reply = client.ask(
                "segment_members_listed",
                queryId=row.query_id,
                first=PAGE,
                after=row.cursor or None,
            )
        else:
            reply = client.ask(
                "segment_members",
                segmentId=f"gid://shopify/Segment/{row.external_id}",
                first=PAGE,
                after=row.cursor or None,
                timezone=row.store.timezone or "UTC",
            )
    except Refused:
        _begin_again(row)
        raise
    return _members(reply.data)


def _members(data: dict[str, Any]) -> dict[str, Any]:
    found = data.get("customerSegmentMembers")
    if not found:
        raise Refused("Shopify does not tell who is in this segment.")
    return dict(found)


def _begin(row: ShopifySegment, page: dict[str, Any], *, at: datetime) -> None:
    row.shop_count = int(page["totalCount"])
    row.reading, row.reading_since = row.generation + 1, at
    row.cursor, row.query_id, row.read_count = "", "", 0
    with transaction.atomic():
        numbers.drop_others(row, row.generation)
        row.save()


def _begin_again(row: ShopifySegment) -> None:
    """Forget what was read of the next generation; what stands stays."""
    row.reading, row.cursor, row.query_id, row.read_count = None, "", "", 0
    row.save()


def _is_stale(row: ShopifySegment, *, at: datetime) -> bool:
    return row.reading_since is None or at - row.reading_since > LIST_LIVES


def _ask_for_list(client: ShopifyClient, row: ShopifySegment) -> None:
    asked = {"segmentId": f"gid://shopify/Segment/{row.external_id}"}
    told = client.ask("segment_members_ask", input=asked).data["customerSegmentMembersQueryCreate"]
    if told["userErrors"] or not told["customerSegmentMembersQuery"]:
        words = "; ".join(str(each.get("message", "")) for each in told["userErrors"])
        _begin_again(row)
        raise Refused(f"Shopify does not list this segment: {words}"[:300])
    row.query_id = str(told["customerSegmentMembersQuery"]["id"])
    row.save(update_fields=["query_id"])


def _check_ready(client: ShopifyClient, row: ShopifySegment) -> None:
    told = client.ask("segment_members_asked", id=row.query_id).data["customerSegmentMembersQuery"]
    if not told:
        _begin_again(row)
        raise TryLater("Shopify lost the list of members; it is asked for again.", seconds=1)
    if not told["done"]:
        raise TryLater("Shopify is putting the list of members together.", seconds=NOT_READY)


def _land(row: ShopifySegment, page: dict[str, Any]) -> bool:
    """Write a page and the place behind it; say whether it was the last."""
    place, before = page["pageInfo"], row.cursor
    ids = _without_erased(row, list(_numbers(page["edges"])))
    after = str(place["endCursor"] or "") if place["hasNextPage"] else ""
    if place["hasNextPage"] and (not after or after == before):
        _begin_again(row)
        raise TryLater("Shopify's list of members went in a circle; it is read anew.")
    assert row.reading is not None
    with transaction.atomic(), connection.cursor() as cursor:
        rows = ShopifySegment.objects.filter(pk=row.pk, reading=row.reading, cursor=before)
        if not rows.update(cursor=after, read_count=F("read_count") + len(ids)):
            raise TryLater("Another worker reads this segment just now.")
        numbers.add(cursor, row, row.reading, ids)
    row.cursor, row.read_count = after, row.read_count + len(ids)
    row.shop_count = int(page["totalCount"])
    return not place["hasNextPage"]


def _numbers(edges: Iterable[dict[str, Any]]) -> Iterable[int]:
    """Yield the members' numbers, which are the customers' as far as anybody knows."""
    for edge in edges:
        try:
            yield int(number(edge["node"]["id"]))
        except (Unusable, KeyError, TypeError):
            continue


def _without_erased(row: ShopifySegment, ids: list[int]) -> list[int]:
    """Leave out the numbers of people who were erased: they name them."""
    gone = prints.erased_ids(row.store.source, map(str, ids))
    return [each for each in ids if str(each) not in gone] if gone else ids


def _finish(row: ShopifySegment, *, at: datetime) -> None:
    """Put what was read in the place of what stood, with the moves told since it was begun."""
    assert row.reading is not None
    there, told = numbers.count(row, row.reading), row.shop_count or 0
    if there < told - max(5, told * SLACK):
        _begin_again(row)
        raise TryLater(
            f"Shopify says there are {told:,} members and listed {there:,}. "
            "What was known stays; the list is read again."
        )
    with transaction.atomic(), connection.cursor() as cursor:
        _apply_moves(cursor, row)
        row.generation, row.reading = row.reading, None
        row.members_at, row.error, row.is_due = row.reading_since, "", False
        row.cursor, row.query_id = "", ""
        row.save()
        numbers.drop_others(row, row.generation)
        numbers.settle(cursor, row, at=at)
        numbers.tell_readers(row)


def _apply_moves(cursor: Any, row: ShopifySegment) -> None:
    assert row.reading is not None
    moves = ShopifySegmentMove.objects.filter(segment=row)
    newer = list(moves.filter(at__gte=row.reading_since))
    numbers.add(cursor, row, row.reading, [move.number for move in newer if move.is_member])
    out = [move.number for move in newer if not move.is_member]
    if out:
        row.numbers.filter(generation=row.reading, number__in=out).delete()
    moves.filter(at__lt=row.reading_since).delete()
