"""Consent, which lists never touch."""

from typing import Any

from integrations.sandbox.klaviyo.calls import (
    READ,
    Call,
    Reply,
    operation,
)
from integrations.sandbox.klaviyo.people import Profile
from integrations.sandbox.klaviyo.problems import invalid
from integrations.sandbox.klaviyo.reading import rows_of


@operation(
    "POST", "/profile-subscription-bulk-create-jobs", "bulk_subscribe_profiles", READ,
    "lists:write", "profiles:write", "subscriptions:write",
)  # fmt: skip
def bulk_subscribe_profiles(call: Call) -> Reply:
    for profile in _people(call, most=1_000):
        call.account.subscribe(profile.id)
    return Reply(None, 202)


@operation(
    "POST", "/profile-subscription-bulk-delete-jobs", "bulk_unsubscribe_profiles", READ,
    "lists:write", "profiles:write", "subscriptions:write",
)  # fmt: skip
def bulk_unsubscribe_profiles(call: Call) -> Reply:
    named = (call.data.get("relationships") or {}).get("list", {}).get("data") or {}
    group = call.account.lists.get(named.get("id", ""))
    for profile in _people(call, most=100):
        if group is not None and profile.id in group.members:
            call.account.leave(group, profile.id)
            profile.list_suppressions.append((group.id, "UNSUBSCRIBE", call.now))
        else:  # whoever is not in the list is unsubscribed from everything
            call.account.unsubscribe(profile.id)
    return Reply(None, 202)


def _people(call: Call, *, most: int) -> list[Profile]:
    at = "/data/attributes/profiles/data"
    given = rows_of((call.attributes.get("profiles") or {}).get("data"), most=most, pointer=at)
    known = frozenset({"email", "phone_number", "subscriptions", "age_gated_date_of_birth"})
    for place, row in enumerate(given):
        for name in row.get("attributes", {}):
            if name not in known:
                words = f"'{name}' is not a valid field for the resource 'profile'."
                raise invalid(words, pointer=f"{at}/{place}/attributes/{name}")
    return [call.account.upsert(_identifiers(row["attributes"]))[0] for row in given]


def _identifiers(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name: attributes.get(name) for name in ("email", "phone_number")}
