"""Adding people to a list: ten thousand a request, all or none, then a job to wait for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from commerce.models import Customer
from integrations.errors import Refused, TryLater
from integrations.klaviyo import people, refusals, tiers
from integrations.klaviyo.answers import Gone, Invalid
from integrations.klaviyo.audience import address_of
from integrations.klaviyo.client import KlaviyoClient
from integrations.klaviyo.landed import land_added
from integrations.models import KlaviyoImport, KlaviyoList

MOST_ROWS = 10_000  # of a bulk import; with an address alone far below five megabytes
MOST_IDS = 1_000  # of a request by profile id
# Seconds between looks at a job: Klaviyo needs some for a small one, minutes for a large one.
FIRST_LOOK, LAST_LOOK = 5.0, 60.0


@dataclass(frozen=True)
class Row:
    """A customer and what names them."""

    customer: int
    address: dict[str, str]


def rows_of(customers: Sequence[int]) -> list[Row]:
    """Return what is sent of these customers, in the order of their ids."""
    found = Customer.objects.filter(pk__in=customers).order_by("pk")
    return [Row(one.pk, address_of(one)) for one in found.only("email_key", "phone_key")]


def add(client: KlaviyoClient, link: KlaviyoList, customers: Sequence[int], *, at: datetime) -> int:
    """Have Klaviyo add these to the list; return how many were added at once, jobs left out."""
    added = 0
    for start in range(0, len(customers), MOST_ROWS):
        rows = rows_of(customers[start : start + MOST_ROWS])
        if link.account.creates_profiles:
            _ask_for_import(client, link, rows, at=at)
        else:
            added += _add_known(client, link, rows, at=at)
    return added


def _ask_for_import(
    client: KlaviyoClient, link: KlaviyoList, rows: list[Row], *, at: datetime
) -> None:
    """Start a bulk import; rows that Klaviyo points at are left out of a second try, no third."""
    for is_last in (False, True):
        if not rows:
            return
        try:
            body = import_body([{"attributes": row.address} for row in rows], link.list_id)
            reply = client.post("/api/profile-bulk-import-jobs", tiers.IMPORT, body, is_safe=True)
        except Invalid as error:
            if not error.rows or is_last:
                raise
            faults = {rows[place].customer: words for place, words in error.rows.items()
                      if place < len(rows)}  # fmt: skip
            refusals.note(link, faults, at=at)
            rows = [row for row in rows if row.customer not in faults]
            continue
        KlaviyoImport.objects.create(
            account=link.account,
            list=link,
            job_id=str(reply.data["id"]),
            customers=[row.customer for row in rows],
            asked_at=at,
        )
        return


def import_body(rows: list[dict[str, Any]], list_id: str) -> dict[str, Any]:
    """Return the body of a bulk import of `rows`, into a list when one is named."""
    profiles = [{"type": "profile", **row} for row in rows]
    data: dict[str, Any] = {
        "type": "profile-bulk-import-job",
        "attributes": {"profiles": {"data": profiles}},
    }
    if list_id:
        data["relationships"] = {"lists": {"data": [{"type": "list", "id": list_id}]}}
    return {"data": data}


def _add_known(client: KlaviyoClient, link: KlaviyoList, rows: list[Row], *, at: datetime) -> int:
    """Add only whom Klaviyo knows already: the merchant wants no new profiles."""
    known = people.look_up(client, {row.customer: row.address for row in rows})
    pairs = list(known.items())
    for start in range(0, len(pairs), MOST_IDS):
        part = dict(pairs[start : start + MOST_IDS])
        body = {"data": [{"type": "profile", "id": id} for id in part.values()]}
        client.post(
            f"/api/lists/{link.list_id}/relationships/profiles",
            tiers.LIST_ADD,
            body,
            is_safe=True,
        )
        with transaction.atomic():
            people.note(part.items())
            land_added(link, list(part))
    words = "Klaviyo has no profile of this address, and new profiles are switched off."
    refusals.note(link, {row.customer: words for row in rows if row.customer not in known}, at=at)
    return len(known)


def settle(
    client: KlaviyoClient, link: KlaviyoList, *, at: datetime, counts: dict[str, Any]
) -> tuple[int, int]:
    """Take in what the list's jobs came to; return added and refused.

    Raises TryLater while one is at work.
    """
    added = refused = 0
    for job in KlaviyoImport.objects.filter(list=link).select_related("account"):
        taken, faults = _settle(client, link, job, at=at, counts=counts)
        added, refused = added + taken, refused + faults
    return added, refused


def _settle(
    client: KlaviyoClient,
    link: KlaviyoList,
    job: KlaviyoImport,
    *,
    at: datetime,
    counts: dict[str, Any],
) -> tuple[int, int]:
    try:
        reply = client.get(f"/api/profile-bulk-import-jobs/{job.job_id}", tiers.IMPORT_JOB)
    except Gone:
        job.delete()  # what it did is found by reading the list
        return 0, 0
    told = reply.data["attributes"]
    if told["status"] == "cancelled":
        job.delete()
        raise Refused("The import was stopped at Klaviyo. The next run begins it again.")
    if told["status"] != "complete":
        _wait(job, counts=counts)
    faults = _failures(client, job) if told.get("failed_count") else {}
    taken = [pk for pk in job.customers if pk not in faults]
    with transaction.atomic():
        land_added(link, taken)
        refusals.note(link, faults, at=at)
        refusals.clear(link, taken)
        job.delete()
    return len(taken), len(faults)


def _wait(job: KlaviyoImport, *, counts: dict[str, Any]) -> None:
    seconds = min(LAST_LOOK, FIRST_LOOK * 2**job.looks)
    KlaviyoImport.objects.filter(pk=job.pk).update(looks=job.looks + 1)
    counts["looks"] = int(counts.get("looks", 0)) + 1
    raise TryLater("Klaviyo is taking the people in.", seconds=seconds)


def _failures(client: KlaviyoClient, job: KlaviyoImport) -> dict[int, str]:
    """Return customer → Klaviyo's words of the rows that it did not take."""
    found: dict[int, str] = {}
    path = f"/api/profile-bulk-import-jobs/{job.job_id}/import-errors"
    for reply in client.pages(path, tiers.IMPORT_ERRORS, page_size=100):
        for row in reply.data:
            told = row["attributes"]
            pointer = str((told.get("source") or {}).get("pointer") or "")
            place = refusals.place_in(pointer)
            if place is not None and place < len(job.customers):
                found[job.customers[place]] = str(told.get("detail") or "")
    return found
