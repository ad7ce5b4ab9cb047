"""Lists and who is in them; segments are read the same way."""

from typing import Any

from integrations.sandbox.klaviyo.account import Group
from integrations.sandbox.klaviyo.calls import (
    FEW,
    FLOWS,
    READ,
    WRITE,
    Call,
    Reply,
    link,
    operation,
    padded,
    page,
    size_of,
)
from integrations.sandbox.klaviyo.clock import written
from integrations.sandbox.klaviyo.filters import read_filter
from integrations.sandbox.klaviyo.limits import Tier
from integrations.sandbox.klaviyo.people import show_profile
from integrations.sandbox.klaviyo.problems import invalid, not_found
from integrations.sandbox.klaviyo.reading import check_names, check_type, rows_of

MOMENTS = "greater-than greater-or-equal less-than less-or-equal"
MEMBER_FILTERS = {"email": "any equals", "phone_number": "any equals", "joined_group_at": MOMENTS}
GROUP_FILTERS = {"name": "any equals", "id": "any equals", "created": MOMENTS, "updated": MOMENTS}
PAGING = "page[cursor] page[size] filter sort"
CREATE = Tier(10, 150, 150)
NAMES = frozenset({"name", "opt_in_process"})


def list_of(call: Call) -> Group:
    """Return the list in the address or raise the 404."""
    found = call.account.lists.get(call.id)
    if found is None:
        raise not_found("list", call.id)
    return found


def segment_of(call: Call) -> Group:
    """Return the segment in the address or raise the 404."""
    found = call.account.segments.get(call.id)
    if found is None:
        raise not_found("segment", call.id)
    return found


def show_group(group: Group, *, kind: str, params: dict[str, str]) -> dict[str, Any]:
    """Return a list or a segment as JSON."""
    told: dict[str, Any] = {
        "name": group.name,
        "created": written(group.created),
        "updated": written(group.updated),
    }
    if kind == "list":
        told["opt_in_process"] = group.opt_in
    else:
        told |= {
            "definition": group.definition,
            "is_active": True,
            "is_processing": group.is_processing,
            "is_starred": False,
        }
    if "profile_count" in params.get(f"additional-fields[{kind}]", ""):
        told["profile_count"] = len(group.members)
    links = link(f"{kind}s/{group.id}")
    return {"type": kind, "id": group.id, "attributes": told, "links": links}


def _all(call: Call, groups: dict[str, Group], *, kind: str) -> Reply:
    asked = read_filter(call.params.get("filter", ""), fields=GROUP_FILTERS, now=call.now)
    rows = [
        group
        for group in sorted(groups.values(), key=lambda one: one.id)
        if all(clause.holds(getattr(group, clause.field)) for clause in asked)
    ]
    return page(
        call,
        rows,
        key=lambda one: one.id,
        show=lambda one: show_group(one, kind=kind, params=call.params),
        size=size_of(call, default=10, most=10),
    )


@operation(
    "GET", "/lists", "get_lists", READ, "lists:read", params=f"{PAGING} fields[list] include"
)
def get_lists(call: Call) -> Reply:
    return _all(call, call.account.lists, kind="list")


@operation("GET", "/segments", "get_segments", READ, "segments:read", params=PAGING)
def get_segments(call: Call) -> Reply:
    return _all(call, call.account.segments, kind="segment")


@operation("POST", "/lists", "create_list", CREATE, "lists:write")
def create_list(call: Call) -> Reply:
    check_type(call.data, "list")
    check_names(call.attributes, NAMES, resource="list")
    name = call.attributes.get("name")
    if not isinstance(name, str) or not name.strip():
        raise invalid("'name' is a required field.", pointer="/data/attributes/name")
    opt_in = call.attributes.get("opt_in_process", "double_opt_in")
    id = call.account.next_id("L", length=6)
    group = call.account.lists[id] = Group(id, name, call.now, call.now, opt_in)
    return Reply({"data": show_group(group, kind="list", params={})}, 201)


@operation(
    "GET", "/lists/{id}", "get_list", READ, "lists:read",
    params="fields[list] additional-fields[list] include",
)  # fmt: skip
def get_list(call: Call) -> Reply:
    return Reply({"data": show_group(list_of(call), kind="list", params=call.params)})


@operation(
    "GET", "/segments/{id}", "get_segment", READ, "segments:read",
    params="fields[segment] additional-fields[segment] include",
)  # fmt: skip
def get_segment(call: Call) -> Reply:
    return Reply({"data": show_group(segment_of(call), kind="segment", params=call.params)})


@operation("PATCH", "/lists/{id}", "update_list", WRITE, "lists:write")
def update_list(call: Call) -> Reply:
    check_type(call.data, "list")
    check_names(call.attributes, NAMES, resource="list")
    group = list_of(call)
    group.name, group.updated = call.attributes.get("name", group.name), call.now
    return Reply({"data": show_group(group, kind="list", params={})})


@operation("DELETE", "/lists/{id}", "delete_list", WRITE, "lists:write")
def delete_list(call: Call) -> Reply:
    del call.account.lists[list_of(call).id]
    return Reply(None, 204)


@operation("POST", "/segments", "create_segment", Tier(1, 15, 100), "segments:write")
def create_segment(call: Call) -> Reply:
    check_type(call.data, "segment")
    check_names(
        call.attributes, frozenset({"name", "definition", "is_starred"}), resource="segment"
    )
    definition = call.attributes.get("definition")
    if not isinstance(definition, dict) or not definition.get("condition_groups"):
        raise invalid("A definition is required.", pointer="/data/attributes/definition")
    id = call.account.next_id("S", length=6)
    group = Group(id, call.attributes["name"], call.now, call.now, definition=definition)
    group.is_processing = True
    call.account.segments[id] = group
    return Reply({"data": show_group(group, kind="segment", params={})}, 201)


def _members(call: Call, group: Group) -> list[tuple[str, str, float]]:
    """Return (sort key, profile id, joined at), in the order that was asked for."""
    asked = read_filter(call.params.get("filter", ""), fields=MEMBER_FILTERS, now=call.now)
    kept = _kept(call, group)
    after = [clause for clause in asked if clause.field == "joined_group_at"]
    others = [clause for clause in asked if clause.field != "joined_group_at"]
    rows = [row for row in kept if all(clause.holds(row[2]) for clause in after)]
    if others:
        profiles = call.account.profiles
        names = {"email": "email", "phone_number": "phone"}
        rows = [
            row
            for row in rows
            if all(one.holds(getattr(profiles[row[1]], names[one.field])) for one in others)
        ]
    return rows


_SORTED: dict[tuple[int, str], tuple[int, list[tuple[str, str, float]]]] = {}


def _kept(call: Call, group: Group) -> list[tuple[str, str, float]]:
    """Return everybody of a group, sorted once for each change: pages come by the thousand."""
    place = (id(group), group.id)
    if place not in _SORTED or _SORTED[place][0] != group.version:
        profiles = call.account.profiles
        rows = sorted(
            (padded(joined, profiles[who].number), who, joined)
            for who, joined in group.members.items()
        )
        _SORTED[place] = (group.version, rows)
    return _SORTED[place][1]


def _show_members(call: Call, group: Group, *, ids_only: bool) -> Reply:
    profiles = call.account.profiles

    def show(row: tuple[str, str, float]) -> dict[str, Any]:
        if ids_only:
            return {"type": "profile", "id": row[1]}
        return show_profile(profiles[row[1]], params=call.params, joined_at=row[2])

    rows = _members(call, group)
    return page(
        call, rows, key=lambda row: row[0], show=show, size=size_of(call, default=20, most=100)
    )


MEMBER_PARAMS = f"{PAGING} fields[profile] additional-fields[profile]"


@operation(
    "GET", "/lists/{id}/profiles", "get_profiles_for_list", READ, "lists:read", "profiles:read",
    params=MEMBER_PARAMS,
)  # fmt: skip
def get_profiles_for_list(call: Call) -> Reply:
    return _show_members(call, list_of(call), ids_only=False)


@operation(
    "GET", "/segments/{id}/profiles", "get_profiles_for_segment", READ, "segments:read",
    "profiles:read", params=MEMBER_PARAMS,
)  # fmt: skip
def get_profiles_for_segment(call: Call) -> Reply:
    return _show_members(call, segment_of(call), ids_only=False)


@operation(
    "GET", "/lists/{id}/relationships/profiles", "get_profile_ids_for_list", READ, "lists:read",
    "profiles:read", params=PAGING,
)  # fmt: skip
def get_profile_ids_for_list(call: Call) -> Reply:
    return _show_members(call, list_of(call), ids_only=True)


@operation(
    "GET", "/segments/{id}/relationships/profiles", "get_profile_ids_for_segment", READ,
    "segments:read", "profiles:read", params=PAGING,
)  # fmt: skip
def get_profile_ids_for_segment(call: Call) -> Reply:
    return _show_members(call, segment_of(call), ids_only=True)


def _named(call: Call) -> list[str]:
    rows = rows_of(call.data, most=1_000, pointer="/data")
    for place, row in enumerate(rows):
        check_type(row, "profile", pointer=f"/data/{place}")
        if row.get("id") not in call.account.profiles:
            raise not_found("profile", str(row.get("id")))
    return [row["id"] for row in rows]


@operation(
    "POST", "/lists/{id}/relationships/profiles", "add_profiles_to_list", WRITE, "lists:write",
    "profiles:write",
)  # fmt: skip
def add_profiles_to_list(call: Call) -> Reply:
    group = list_of(call)
    for id in _named(call):
        call.account.join(group, id)
    return Reply(None, 204)


@operation(
    "DELETE", "/lists/{id}/relationships/profiles", "remove_profiles_from_list", WRITE,
    "lists:write", "profiles:write",
)  # fmt: skip
def remove_profiles_from_list(call: Call) -> Reply:
    group = list_of(call)
    for id in _named(call):
        call.account.leave(group, id)
    return Reply(None, 204)


def show_flow(flow: dict[str, Any]) -> dict[str, Any]:
    """Return a flow as JSON."""
    told = {
        "name": flow["name"],
        "status": flow["status"],
        "archived": False,
        "created": written(flow["created"]),
        "updated": written(flow["created"]),
        "trigger_type": "Added to List" if flow["list"] else "Metric",
    }
    links = link(f"flows/{flow['id']}")
    return {"type": "flow", "id": flow["id"], "attributes": told, "links": links}


@operation(
    "GET", "/lists/{id}/flow-triggers", "get_flows_triggered_by_list", FLOWS, "flows:read",
    "lists:read", params="fields[flow]",
)  # fmt: skip
def get_flows_triggered_by_list(call: Call) -> Reply:
    group = list_of(call)
    found = [flow for flow in call.account.flows.values() if flow["list"] == group.id]
    return Reply({"data": [show_flow(flow) for flow in found]})


@operation("GET", "/flows", "get_flows", FLOWS, "flows:read", params=f"{PAGING} fields[flow]")
def get_flows(call: Call) -> Reply:
    rows = sorted(call.account.flows.values(), key=lambda flow: flow["id"])
    size = size_of(call, default=50, most=50)
    return page(call, rows, key=lambda flow: flow["id"], show=show_flow, size=size)


@operation("GET", "/accounts", "get_accounts", FEW, "accounts:read", params="fields[account]")
def get_accounts(call: Call) -> Reply:
    account = call.account
    address = {
        name: None for name in ("address1", "address2", "region", "country", "zip")
    } | {"city": account.city}  # fmt: skip
    contact = {
        "default_sender_name": account.name,
        "default_sender_email": "hello@example.com",
        "website_url": None,
        "organization_name": account.name,
        "street_address": address,
    }
    told = {
        "test_account": False,
        "contact_information": contact,
        "industry": None,
        "timezone": "Europe/London",
        "preferred_currency": "GBP",
        "public_api_key": account.id,
        "locale": "en-GB",
    }
    links = link(f"accounts/{account.id}")
    one = {"type": "account", "id": account.id, "attributes": told, "links": links}
    return Reply({"data": [one]})
