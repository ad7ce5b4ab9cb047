"""Profiles: looked up, written one by one or in bulk; consent, which lists never touch."""

from typing import Any

from integrations.sandbox.klaviyo.account import Job
from integrations.sandbox.klaviyo.calls import (
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
from integrations.sandbox.klaviyo.filters import Clause, read_filter
from integrations.sandbox.klaviyo.lists import MOMENTS, PAGING
from integrations.sandbox.klaviyo.people import Profile, show_profile
from integrations.sandbox.klaviyo.problems import Problem, error, invalid, not_found
from integrations.sandbox.klaviyo.reading import (
    check_type,
    read_one_profile,
    read_profile,
    rows_of,
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
MOST_ROWS, MOST_BYTES = 10_000, 100_000


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


@operation("POST", "/profile-bulk-import-jobs", "bulk_import_profiles", WRITE, "lists:write",
           "profiles:write")  # fmt: skip
def bulk_import_profiles(call: Call) -> Reply:
    check_type(call.data, "profile-bulk-import-job")
    at = "/data/attributes/profiles/data"
    given = (call.attributes.get("profiles") or {}).get("data")
    rows, errors = [], []
    for place, row in enumerate(rows_of(given, most=MOST_ROWS, pointer=at)):
        check_type(row, "profile", pointer=f"{at}/{place}")
        kept, wrong = read_profile(row.get("attributes") or {}, at=f"{at}/{place}/attributes")
        errors += wrong
        rows.append({"attributes": kept, "meta": row.get("meta")})
    list_id = _list_named(call)
    if errors:  # all or nothing
        raise Problem(400, errors)
    id = call.account.next_id("J", length=8)
    job = Job(id, call.now, call.now + call.account.import_seconds, rows, list_id)
    call.account.jobs[id] = job
    return Reply({"data": show_job(job)}, 202)


def _list_named(call: Call) -> str:
    named = (call.data.get("relationships") or {}).get("lists", {}).get("data") or []
    if not named:
        return ""
    if named[0].get("id") not in call.account.lists:
        words = f"List {named[0].get('id')} does not exist."
        raise Problem(400, [error(400, "invalid", words, pointer="/data")])
    return str(named[0]["id"])


def show_job(job: Job) -> dict[str, Any]:
    """Return a bulk import as JSON."""
    told = {
        "status": job.status,
        "created_at": written(job.created),
        "total_count": len(job.rows),
        "completed_count": len(job.profiles),
        "failed_count": len(job.failures),
        "completed_at": written(job.done) if job.done else None,
        "expires_at": written(job.created + 7 * 86_400),
        "started_at": written(job.started) if job.started else None,
    }
    links = link(f"profile-bulk-import-jobs/{job.id}")
    return {"type": "profile-bulk-import-job", "id": job.id, "attributes": told, "links": links}


def _job(call: Call) -> Job:
    found = call.account.jobs.get(call.id)
    if found is None:
        raise not_found("profile-bulk-import-job", call.id)
    return found


@operation(
    "GET", "/profile-bulk-import-jobs/{id}", "get_bulk_import_profiles_job", WRITE, "lists:read",
    "profiles:read", params="fields[profile-bulk-import-job] include",
)  # fmt: skip
def get_bulk_import_profiles_job(call: Call) -> Reply:
    return Reply({"data": show_job(_job(call))})


@operation(
    "GET", "/profile-bulk-import-jobs/{id}/profiles", "get_profiles_for_bulk_import_profiles_job",
    WRITE, "profiles:read", params=f"{PAGING} fields[profile] additional-fields[profile]",
)  # fmt: skip
def get_profiles_of_job(call: Call) -> Reply:
    rows = sorted(_job(call).profiles)
    profiles = call.account.profiles
    size = size_of(call, default=20, most=100)
    return page(
        call,
        rows,
        key=lambda id: id,
        show=lambda id: show_profile(profiles[id], params=call.params),
        size=size,
    )


@operation(
    "GET", "/profile-bulk-import-jobs/{id}/import-errors",
    "get_errors_for_bulk_import_profiles_job", WRITE, "profiles:read",
    params=f"{PAGING} fields[import-error]",
)  # fmt: skip
def get_errors_of_job(call: Call) -> Reply:
    job = _job(call)
    rows = [
        {
            "type": "import-error",
            "id": f"{job.id}-{place:06d}",
            "attributes": one,
            "links": link(f"import-errors/{job.id}-{place}"),
        }
        for place, one in enumerate(job.failures)
    ]
    size = size_of(call, default=20, most=100)
    return page(call, rows, key=lambda row: row["id"], show=lambda row: row, size=size)


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
