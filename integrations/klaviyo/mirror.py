"""Who is in the list at Klaviyo: read by the moment they joined, or all of them, page by page."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.dateparse import parse_datetime

from integrations.errors import Refused
from integrations.klaviyo import people, tiers
from integrations.klaviyo.answers import Reply
from integrations.klaviyo.client import KlaviyoClient
from integrations.klaviyo.people import Profile, read_profile
from integrations.models import KlaviyoList, KlaviyoMember
from tenants.progress import Progress

PAGE = 100
FIELDS = f"{people.FIELDS},joined_group_at"
# Joining times are told late at times, and somebody who joins again moves.
LOOK_BACK = dt.timedelta(hours=24)
FULL_EVERY = dt.timedelta(hours=23)
# A pass that saw fewer than this share of who Klaviyo counts was cut short somewhere.
LEAST_SEEN = 0.9


@dataclass(frozen=True)
class Standing:
    """The list at Klaviyo now: its name and how many are in it."""

    name: str
    count: int


def stand(client: KlaviyoClient, link: KlaviyoList) -> Standing:
    """Ask how the list stands; raise Gone when it was deleted."""
    reply = client.get(
        f"/api/lists/{link.list_id}",
        tiers.LIST_COUNT,
        tiers.LIST,
        count_profiles="profile_count",
    )
    told = reply.data["attributes"]
    return Standing(str(told.get("name") or "")[:255], int(told.get("profile_count") or 0))


def known_count(link: KlaviyoList) -> int:
    """Return how many are in the list as far as is known here."""
    return KlaviyoMember.objects.filter(list=link, is_there=True).count()


def follow(
    client: KlaviyoClient,
    link: KlaviyoList,
    *,
    count: int,
    at: dt.datetime,
    progress: Progress,
) -> None:
    """Bring the mirror in step; `count`: members as Klaviyo counts them."""
    is_only_ours = link.is_ours and not link.reads and link.passed_at is None
    if is_only_ours and not link.pass_next and count == known_count(link):
        return  # ours from the first day, and nobody else touched it
    is_old = link.reads and (link.passed_at is None or at - link.passed_at >= FULL_EVERY)
    if link.reads and not is_old and not link.pass_next:
        _read_new(client, link, at=at)
    if is_old or link.pass_next or link.passed_at is None or count != known_count(link):
        _read_all(client, link, count=count, at=at, progress=progress)


def _read_new(client: KlaviyoClient, link: KlaviyoList, *, at: dt.datetime) -> None:
    since = (link.joined_until or at) - LOOK_BACK
    asked = f"greater-or-equal(joined_group_at,{_written(min(since, at))})"
    newest = link.joined_until
    pages = client.pages(
        f"/api/lists/{link.list_id}/profiles",
        tiers.MEMBERS,
        filter=asked,
        sort="joined_group_at",
        fields_profile=FIELDS,
        page_size=PAGE,
    )
    for reply in pages:
        with transaction.atomic():
            newest = _land(link, reply, number=link.pass_number, newest=newest)
            link.joined_until = newest
            link.save(update_fields=["joined_until"])


def _read_all(
    client: KlaviyoClient,
    link: KlaviyoList,
    *,
    count: int,
    at: dt.datetime,
    progress: Progress,
) -> None:
    """Read everybody; goes on where an earlier attempt stopped."""
    number, path = link.pass_number + 1, f"/api/lists/{link.list_id}/profiles"
    if link.pass_next:
        reply = client.follow(link.pass_next, tiers.MEMBERS)
    else:
        link.pass_began_at = at
        reply = client.get(
            path, tiers.MEMBERS, sort="joined_group_at", fields_profile=FIELDS, page_size=PAGE
        )
    newest, seen = link.joined_until, 0
    while True:
        seen += len(reply.data)
        here, link.pass_next = link.pass_next, reply.next
        if here and here == link.pass_next:
            raise Refused("Klaviyo names the same page again and again. Nothing was changed.")
        with transaction.atomic():
            newest = _land(link, reply, number=number, newest=newest)
            link.save(update_fields=["pass_next", "pass_began_at"])
        progress.report(seen, count, "Reading the list at Klaviyo")
        if not link.pass_next:
            break
        reply = client.follow(link.pass_next, tiers.MEMBERS)
    _end_pass(link, number=number, count=count, newest=newest, at=at)


def _end_pass(
    link: KlaviyoList, *, number: int, count: int, newest: dt.datetime | None, at: dt.datetime
) -> None:
    """Take out of the mirror whom the pass has not seen."""
    rows = KlaviyoMember.objects.filter(list=link)
    saw = rows.filter(pass_number=number).count()
    if saw < count * LEAST_SEEN:
        link.save(update_fields=["pass_next"])
        raise Refused(
            f"Klaviyo counts {count:,} in the list and named only {saw:,}. Nothing was changed; "
            "the next run reads it again."
        )
    with transaction.atomic():
        rows.filter(is_there=True).exclude(pass_number=number).update(is_there=False)
        rows.filter(customer=None, is_there=False, is_excluded=False).delete()
        link.pass_number, link.passed_at, link.joined_until = number, at, newest
        link.save(update_fields=["pass_number", "passed_at", "joined_until"])


def _land(
    link: KlaviyoList, reply: Reply, *, number: int, newest: dt.datetime | None
) -> dt.datetime | None:
    """Write a page of members; return the newest moment anybody joined."""
    profiles = [read_profile(row) for row in reply.data]
    moments = {str(row["id"]): _joined(row) for row in reply.data}
    land_profiles(link, profiles, moments=moments, number=number)
    return max((moment for moment in (*moments.values(), newest) if moment), default=None)


def land_profiles(
    link: KlaviyoList,
    profiles: Sequence[Profile],
    *,
    moments: dict[str, dt.datetime | None],
    number: int,
) -> None:
    """Note that these are in the list, as the customers they are or as nobody's."""
    found = people.customers_of(profiles)
    ids = [profile.id for profile in profiles]
    rows = KlaviyoMember.objects.filter(list=link)
    known = rows.filter(Q(profile_id__in=ids) | Q(customer__in=found.values()))
    by_profile = {row.profile_id: row for row in known if row.profile_id}
    by_customer = {row.customer_id: row for row in known if row.customer_id}
    new: list[KlaviyoMember] = []
    changed: list[KlaviyoMember] = []
    for profile in ids:
        customer = found.get(profile)
        row = (by_customer.get(customer) if customer else None) or by_profile.get(profile)
        fresh = row is None
        if row is None:
            row = KlaviyoMember(list=link, customer_id=customer)
        row.profile_id, row.is_there, row.pass_number = profile, True, number
        row.joined_at = moments.get(profile) or row.joined_at
        if row.customer_id is None and customer and customer not in by_customer:
            row.customer_id = customer
        (new if fresh else changed).append(row)
    _give_way(rows, changed)
    fields = ["profile_id", "is_there", "pass_number", "joined_at", "customer"]
    KlaviyoMember.objects.bulk_update(changed, fields)
    KlaviyoMember.objects.bulk_create(new)
    people.note((customer, profile) for profile, customer in found.items())


def _give_way(rows: Any, changed: list[KlaviyoMember]) -> None:
    """A customer's row that is now another profile's: no two rows hold one profile."""
    ids = [row.profile_id for row in changed]
    rows.filter(profile_id__in=ids).exclude(pk__in=[row.pk for row in changed]).delete()


def _joined(row: dict[str, Any]) -> dt.datetime | None:
    text = (row.get("attributes") or {}).get("joined_group_at")
    return parse_datetime(str(text)) if text else None


def _written(moment: dt.datetime) -> str:
    """Return a moment as filters take it: with a Z."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def forget(link: KlaviyoList) -> None:
    """Read the list from the beginning next time."""
    KlaviyoList.objects.filter(pk=link.pk).update(
        pass_next="", passed_at=None, joined_until=None, pass_number=F("pass_number") + 1
    )
