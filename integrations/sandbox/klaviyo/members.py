"""Who is in a list or a segment: read by pages, added and taken out by id."""

from typing import Any

from integrations.sandbox.klaviyo.account import Group
from integrations.sandbox.klaviyo.calls import (
    READ,
    WRITE,
    Call,
    Reply,
    operation,
    padded,
    page,
    size_of,
)
from integrations.sandbox.klaviyo.filters import MOMENTS, read_filter
from integrations.sandbox.klaviyo.lists import PAGING, list_of, segment_of
from integrations.sandbox.klaviyo.people import show_profile
from integrations.sandbox.klaviyo.problems import not_found
from integrations.sandbox.klaviyo.reading import check_type, rows_of

MEMBER_FILTERS = {"email": "any equals", "phone_number": "any equals", "joined_group_at": MOMENTS}


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
