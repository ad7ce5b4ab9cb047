"""Customers who joined or left segments, as webhooks said; the shop is asked whether it is so."""

from datetime import datetime

from django.db import transaction

from commerce.models import CustomerIdentity
from integrations.models import ShopifySegment, ShopifySegmentMove, ShopifyStore
from integrations.shopify.client import ShopifyClient
from integrations.shopify.segments import numbers
from tenants import jobs
from tenants.schema import connection

LIST_JOB = "shopify_segments"
MANY = 50  # moves of a segment at once: reading its list anew costs less
Pair = tuple[int, int]  # the shop's numbers: customer, segment
ASKED = 250  # segments a question


def heed(client: ShopifyClient, store: ShopifyStore, pairs: set[Pair], *, at: datetime) -> set[int]:
    """Follow moves; return the numbers of customers whom the mirror does not know.

    The shop's present word holds, so neither order nor repetition of messages matters. Of a segment
    with many moves the whole list is read instead.
    """
    rows = _mirrored(store, {segment for _, segment in pairs})
    if {segment for _, segment in pairs} - rows.keys():
        jobs.wake(LIST_JOB)  # a segment that is not listed yet
    counts = {key: sum(segment == key for _, segment in pairs) for key in rows}
    many = [rows[key] for key, count in counts.items() if count > MANY]
    if many:
        ShopifySegment.objects.filter(pk__in=[row.pk for row in many]).update(is_due=True)
        jobs.wake(LIST_JOB)
    few = {pair for pair in pairs if pair[1] in rows and counts[pair[1]] <= MANY}
    unknown: set[int] = set()
    for customer in sorted({pair[0] for pair in few}):
        asked = [rows[segment] for number, segment in sorted(few) if number == customer]
        for start in range(0, len(asked), ASKED):
            unknown |= _follow(client, store, customer, asked[start : start + ASKED], at=at)
    return unknown


def settle(store: ShopifyStore, segments: set[int], customers: set[int], *, at: datetime) -> None:
    """Make members of customers who became known, in these segments of the shop."""
    ids = CustomerIdentity.objects.filter(
        source=store.source, external_id__in=[str(number) for number in customers]
    )
    known = list(ids.values_list("customer_id", flat=True))
    for row in _mirrored(store, segments).values() if known else ():
        with transaction.atomic(), connection.cursor() as cursor:
            numbers.settle(cursor, row, at=at, only=known)


def _mirrored(store: ShopifyStore, segments: set[int]) -> dict[int, ShopifySegment]:
    found = ShopifySegment.objects.filter(store=store, external_id__in=segments, gone_at=None)
    return {row.external_id: row for row in found.select_related("store")}


def _follow(
    client: ShopifyClient,
    store: ShopifyStore,
    customer: int,
    rows: list[ShopifySegment],
    *,
    at: datetime,
) -> set[int]:
    gids = {f"gid://shopify/Segment/{row.external_id}": row for row in rows}
    reply = client.ask(
        "segment_membership",
        customerId=f"gid://shopify/Customer/{customer}",
        segmentIds=list(gids),
    )
    told = reply.data["customerSegmentMembership"]["memberships"]
    inside = {each["segmentId"] for each in told if each["isMember"]}
    ids = CustomerIdentity.objects.filter(source=store.source, external_id=str(customer))
    known = list(ids.values_list("customer_id", flat=True))
    for gid, row in gids.items():
        _write(row, customer, is_member=gid in inside, known=known, at=at)
    return set() if known else {customer}


def _write(
    row: ShopifySegment, customer: int, *, is_member: bool, known: list[int], at: datetime
) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        row.refresh_from_db()
        ShopifySegmentMove.objects.update_or_create(
            segment=row, number=customer, defaults={"is_member": is_member, "at": at}
        )
        if row.members_at is None:
            return  # counted only, or not read yet: the list will say
        if is_member:
            numbers.add(cursor, row, row.generation, [customer])
        else:
            row.numbers.filter(generation=row.generation, number=customer).delete()
        numbers.settle(cursor, row, at=at, only=known)
        numbers.tell_readers(row)
