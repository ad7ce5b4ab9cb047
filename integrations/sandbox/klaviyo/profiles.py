"""Profiles: looked up, and written one by one."""

from typing import Any

from integrations.sandbox.klaviyo.calls import (
    READ,
    Call,
    Reply,
    operation,
    padded,
    page,
    size_of,
)
from integrations.sandbox.klaviyo.filters import MOMENTS, Clause, read_filter
from integrations.sandbox.klaviyo.lists import PAGING
from integrations.sandbox.klaviyo.people import Profile, show_profile
from integrations.sandbox.klaviyo.problems import invalid, not_found
from integrations.sandbox.klaviyo.reading import (
    check_type,
    read_one_profile,
)

SUPPRESSED = "subscriptions.email.marketing.suppression"
FILTERS = {
    "id": "any equals",
    "email": "any equals",
    "phone_number": "any equals",
    "external_id": "any equals",
    "created": MOMENTS,
    "updated": MOMENTS,
    f"{SUPPRESSED}.timestamp": MOMENTS,
    f"{SUPPRESSED}.reason": "equals",
}


def profile_of(call: Call) -> Profile:
    """Return the profile in the address or raise the 404."""
    found = call.account.profiles.get(call.id)
    if found is None:
        raise not_found("profile", call.id)
    return found


def _holds(profile: Profile, clause: Clause) -> bool:
    if clause.field.startswith(SUPPRESSED):
        place = 1 if clause.field.endswith("timestamp") else 0
        return any(clause.holds(one[place]) for one in profile.suppressions)
    return clause.holds(
        getattr(profile, "phone" if clause.field == "phone_number" else clause.field)
    )


@operation(
    "GET", "/profiles", "get_profiles", READ, "profiles:read",
    params=f"{PAGING} fields[profile] additional-fields[profile]",
)  # fmt: skip
def get_profiles(call: Call) -> Reply:
    asked = read_filter(call.params.get("filter", ""), fields=FILTERS, now=call.now)
    by_suppression = any(clause.field.startswith(SUPPRESSED) for clause in asked)
    if by_suppression and "sort" in call.params:
        raise invalid("'sort' cannot be combined with this filter.", parameter="sort")
    rows = _found(call, asked)
    is_by_change = any(clause.field == "updated" for clause in asked)

    def key(row: Profile) -> str:
        return padded(row.updated if is_by_change else 0.0, row.number)

    return page(
        call,
        sorted(rows, key=key),
        key=key,
        show=lambda row: show_profile(row, params=call.params),
        size=size_of(call, default=20, most=100),
    )


def _found(call: Call, asked: list[Clause]) -> list[Profile]:
    """Return the profiles that pass; those asked for by name are looked up, not searched."""
    profiles, account = call.account.profiles, call.account
    by_name = next((one for one in asked if one.operator in ("any", "equals")
                    and not one.field.startswith(SUPPRESSED)), None)  # fmt: skip
    if by_name is None:
        return [row for row in profiles.values() if all(_holds(row, one) for one in asked)]
    values = by_name.value if by_name.operator == "any" else [by_name.value]
    if by_name.field == "id":
        ids = [value for value in values if value in profiles]
    else:
        kind = "phone" if by_name.field == "phone_number" else by_name.field
        ids = [id for value in values for id in account.find(**{kind: value})]
    rest = [one for one in asked if one is not by_name]
    return [
        profiles[id] for id in dict.fromkeys(ids) if all(_holds(profiles[id], one) for one in rest)
    ]


@operation(
    "GET", "/profiles/{id}", "get_profile", READ, "profiles:read",
    params="fields[profile] additional-fields[profile] include",
)  # fmt: skip
def get_profile(call: Call) -> Reply:
    return Reply({"data": show_profile(profile_of(call), params=call.params)})


@operation("POST", "/profile-import", "create_or_update_profile", READ, "profiles:write")
def create_or_update_profile(call: Call) -> Reply:
    check_type(call.data, "profile")
    attributes = read_one_profile(call.attributes)
    profile, is_new = call.account.upsert(attributes)
    _patch(profile, call.data)
    for name in [key for key, value in profile.properties.items() if value is None]:
        del profile.properties[name]
    return Reply({"data": show_profile(profile, params={})}, 201 if is_new else 200)


@operation("PATCH", "/profiles/{id}", "update_profile", READ, "profiles:write")
def update_profile(call: Call) -> Reply:
    check_type(call.data, "profile")
    profile = profile_of(call)
    call.account.change(profile, dict(call.attributes))
    _patch(profile, call.data)
    return Reply({"data": show_profile(profile, params={})})


def _patch(profile: Profile, data: dict[str, Any]) -> None:
    """Follow `meta.patch_properties.unset`."""
    unset = (data.get("meta") or {}).get("patch_properties", {}).get("unset") or []
    for name in [unset] if isinstance(unset, str) else unset:
        profile.properties.pop(name, None)
