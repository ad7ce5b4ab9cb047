"""Who is in a segment: pages of members, and the list that is put together meanwhile."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from integrations.sandbox.shopify.ids import customer_number, gid, household_of, read_gid
from integrations.sandbox.shopify.paging import Key, page, read_cursor
from integrations.sandbox.shopify.refusals import refusal
from integrations.sandbox.shopify.segment_answers import UnknownFilterError, check, is_member
from integrations.sandbox.shopify.segment_facts import Asked
from integrations.shopify.parity.grammar import read_query
from integrations.shopify.parity.tokens import QueryError

if TYPE_CHECKING:
    from integrations.sandbox.shopify.call import Call
    from integrations.sandbox.shopify.shop import Shop

Made = dict[str, Any]
MOST = 1_000  # members a page; every other list has 250
EVERYBODY = "number_of_orders >= 0"  # told without asking each: a million members cost nothing


def read(query: str) -> Any:
    """Return the tree of a segment's query; raises a refusal in Shopify's words."""
    try:
        tree = read_query(query)
        check(tree)
    except UnknownFilterError as error:
        words = f"Line 1 Column 1: '{error}' filter cannot be found."
        raise refusal(words, "INVALID") from None
    except QueryError as error:
        raise refusal(str(error), "INVALID") from None
    return tree


def find_members(shop: "Shop", query: str, *, zone: str) -> Sequence[int]:
    """Return the households whose customers fit a query, in the order of their numbers."""
    if query == EVERYBODY and not shop.store.changed:
        return range(shop.plan.customers)
    tree = read(query)
    calendar = ZoneInfo(zone)
    return [
        household.number
        for household in shop.store.households()
        if household.customer and is_member(tree, Asked(shop, household, calendar))
    ]


def members_of(shop: "Shop", query: str, *, zone: str) -> Sequence[int]:
    """Return the members as the shop stands now, remembered until it changes or a day begins."""
    key = (query, zone, str(shop.store.version), shop.now()[:13])
    if key not in shop.members:
        if len(shop.members) > 100:
            shop.members.clear()
        shop.members[key] = find_members(shop, query, zone=zone)
    return shop.members[key]


def list_members(call: "Call", **asked: Any) -> Made:
    """Answer `customerSegmentMembers`: by segment, by query, or from a list made before."""
    shop = call.shop
    query_id = asked.pop("queryId", None)
    query = asked.pop("query", None)
    segment_id = asked.pop("segmentId", None)
    zone = asked.pop("timezone", None) or "UTC"
    asked.pop("sortKey", None)
    if query_id:
        kept = shop.asked.get(query_id)
        if kept is None or shop.clock.now() < kept["_done_at"]:
            raise refusal("The query is not done, or is not there.", "BAD_REQUEST")
        members = kept["_members"]
    else:
        members = members_of(shop, query_of(shop, segment_id, query), zone=zone)
    return connection(shop, members, **asked)


def query_of(shop: "Shop", segment_id: str | None, query: str | None) -> str:
    """Return the query that is meant; raises a refusal in the words captured from a real shop."""
    if segment_id and query:
        raise refusal("Providing both segment_id and query is not supported.", "INVALID")
    if query is not None:
        return query
    if not segment_id:
        raise refusal("You must provide one of segment_id or query.", "INVALID")
    segment = shop.segments.get(segment_id)
    if segment is None:
        raise refusal("Invalid segment ID.", "INVALID")
    return str(segment["query"])


def connection(shop: "Shop", members: Sequence[int], **asked: Any) -> Made:
    """Return a page of members with the number of all."""

    def walk(after: str | None, is_down: bool) -> Iterator[tuple[Key, Made]]:
        start = 0
        if after:
            start = _place_behind(members, after)
        places = range(len(members) - 1, -1, -1) if is_down else range(start, len(members))
        for place in places:
            number = members[place]
            told = customer_number(number)
            yield (0, told), {"id": gid("CustomerSegmentMember", told), "_household": number}

    made = page(walk, finds=lambda _row: True, most=MOST, **asked)
    return made | {"totalCount": len(members), "statistics": {"_members": members}}


def _place_behind(members: Sequence[int], after: str) -> int:
    return bisect_right(members, household_of("Customer", read_cursor(after)[1]))


def membership(call: "Call", *, customer_id: str, segment_ids: list[str]) -> Made:
    """Answer in which of some segments a customer is; whatever is unknown is not named."""
    shop = call.shop
    household = shop.store.home_of(customer_id)
    if household is None or shop.store.customer(customer_id) is None:
        return {"memberships": []}
    asked = Asked(shop, household, ZoneInfo(shop.plan.zone))
    return {
        "memberships": [
            {"segmentId": each, "isMember": is_member(read(shop.segments[each]["query"]), asked)}
            for each in segment_ids
            if each in shop.segments and read_gid(each)
        ]
    }
