"""Lists, and segments, which are read the same way."""

from typing import Any

from integrations.sandbox.klaviyo.account import Group
from integrations.sandbox.klaviyo.calls import (
    READ,
    WRITE,
    Call,
    Reply,
    link,
    operation,
    page,
    size_of,
)
from integrations.sandbox.klaviyo.clock import written
from integrations.sandbox.klaviyo.filters import MOMENTS, read_filter
from integrations.sandbox.klaviyo.limits import Tier
from integrations.sandbox.klaviyo.problems import invalid, not_found
from integrations.sandbox.klaviyo.reading import check_names, check_type

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
