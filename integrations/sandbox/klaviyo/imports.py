"""Bulk imports: all rows or none are taken; then a job writes them."""

from typing import Any

from integrations.sandbox.klaviyo.account import Job
from integrations.sandbox.klaviyo.calls import (
    WRITE,
    Call,
    Reply,
    link,
    operation,
    page,
    size_of,
)
from integrations.sandbox.klaviyo.clock import written
from integrations.sandbox.klaviyo.lists import PAGING
from integrations.sandbox.klaviyo.people import show_profile
from integrations.sandbox.klaviyo.problems import Problem, error, not_found
from integrations.sandbox.klaviyo.reading import check_type, read_profile, rows_of

MOST_ROWS, MOST_BYTES = 10_000, 100_000


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
