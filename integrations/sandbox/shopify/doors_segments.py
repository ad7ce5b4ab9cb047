"""The doors of segments: read only, for our app never makes one."""

from typing import TYPE_CHECKING, Any

from integrations.sandbox.shopify import members
from integrations.sandbox.shopify.doors import mutation, query
from integrations.sandbox.shopify.lists import number_of, search_for
from integrations.sandbox.shopify.paging import Ordered, page
from integrations.sandbox.shopify.refusals import refusal
from integrations.sandbox.shopify.search import Field
from integrations.sandbox.shopify.segment_facts import EVENTS, FILTERS

if TYPE_CHECKING:
    from integrations.sandbox.shopify.call import Call

Made = dict[str, Any]
SEGMENT_FIELDS = {"id": Field(number_of, "number"), "name": Field(lambda row: row["name"])}
SORTS = {"CREATION_DATE": "creationDate", "LAST_EDIT_DATE": "lastEditDate"}
KINDS = {"number": "SegmentFloatFilter", "day": "SegmentDateFilter"}


@query
def segment(call: "Call", id: str) -> Made:
    """Answer one segment; a missing one is an error beside null."""
    found = call.shop.segments.get(id)
    if found is None:
        raise refusal("Segment does not exist", "NOT_FOUND")
    return found


@query
def segments(call: "Call", query: str | None = None, **asked: Any) -> Made:
    """Answer a page of segments."""
    search = search_for(call, "segments", query, SEGMENT_FIELDS)
    key = SORTS.get(asked.pop("sortKey", None) or "ID", "")
    rows = Ordered(call.shop.segments.values(), lambda row: row[key] if key else 0)
    return page(
        lambda after, down: rows.walk(after=after, is_down=down), finds=search.finds, **asked
    )


@query
def segments_count(call: "Call", limit: int | None = None) -> Made:
    """Answer how many segments there are."""
    count = len(call.shop.segments)
    if limit is not None and count > limit:
        return {"count": limit, "precision": "AT_LEAST"}
    return {"count": count, "precision": "EXACT"}


@query
def customer_segment_members(call: "Call", **asked: Any) -> Made:
    """Answer a page of members, at most 1000."""
    return members.list_members(call, **asked)


@query
def customer_segment_members_query(call: "Call", id: str) -> Made:
    """Answer how far a list of members is."""
    kept = call.shop.asked.get(id)
    if kept is None:
        raise refusal("Query does not exist", "NOT_FOUND")
    is_done = call.shop.clock.now() >= kept["_done_at"]
    count = len(kept["_members"])
    return kept | {"done": is_done, "currentCount": count if is_done else count // 2}


@query
def customer_segment_membership(call: "Call", **asked: Any) -> Made:
    """Answer in which segments a customer is."""
    return members.membership(
        call, customer_id=asked["customerId"], segment_ids=asked["segmentIds"]
    )


@mutation
def customer_segment_members_query_create(call: "Call", input: Made) -> Made:
    """Begin to put a list of members together; it stays as it was found."""
    shop = call.shop
    try:
        query = members.query_of(shop, input.get("segmentId"), input.get("query"))
        found = members.members_of(shop, query, zone=shop.plan.zone)
    except Exception as error:  # noqa: BLE001 (whatever is refused is told as a user error)
        told = {"code": "INVALID", "field": None, "message": str(getattr(error, "message", error))}
        return {"customerSegmentMembersQuery": None, "userErrors": [told]}
    kept: Made = {
        "id": shop.next_id("CustomerSegmentMembersQuery"),
        "currentCount": 0,
        "done": False,
        "_kind": "CustomerSegmentMembersQuery",
        "_members": found,
        "_done_at": shop.clock.now() + call.sandbox.member_query_seconds,
    }
    shop.asked[kept["id"]] = kept
    return {"customerSegmentMembersQuery": kept, "userErrors": []}


def _told_filters() -> list[Made]:
    told: list[Made] = [
        {
            "id": f"gid://shopify/SegmentFilter/{place}",
            "queryName": name,
            "localizedName": each.label,
            "multiValue": each.kind == "words",
            "_kind": KINDS.get(
                each.kind, "SegmentEnumFilter" if each.values else "SegmentStringFilter"
            ),
            "minRange": None,
            "maxRange": None,
        }
        for place, (name, each) in enumerate(FILTERS.items())
    ]
    events: list[Made] = [
        {
            "id": f"gid://shopify/SegmentFilter/{100 + place}",
            "queryName": name,
            "localizedName": name.replace("_", " ").capitalize(),
            "multiValue": False,
            "_kind": "SegmentEventFilter",
            "returnValueType": "Boolean",
            "parameters": [
                {
                    "queryName": parameter,
                    "localizedName": parameter.replace("_", " ").capitalize(),
                    "parameterType": "Date" if parameter == "date" else "Integer",
                    "optional": True,
                    "acceptsMultipleValues": parameter in ("id", "tag"),
                }
                for parameter in parameters
            ],
        }
        for place, (name, parameters) in enumerate(EVENTS.items())
    ]
    return told + events


@query
def segment_filters(call: "Call", **asked: Any) -> Made:
    """Answer which filters this shop offers."""
    rows = Ordered(_told_filters(), lambda _row: 0)
    return page(
        lambda after, down: rows.walk(after=after, is_down=down),
        finds=lambda _row: True,
        **asked,
    )
