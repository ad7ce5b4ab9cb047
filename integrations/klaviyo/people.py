"""Which customer a profile is: by the id we know, by the address we sent, by their address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Min

from commerce.models import Customer
from commerce.text import fold, phone_digits
from integrations.klaviyo import tiers
from integrations.klaviyo.client import KlaviyoClient
from integrations.models import KlaviyoPerson

MOST_ASKED = 100  # addresses of one look-up
FIELDS = "email,phone_number"


@dataclass(frozen=True)
class Profile:
    """A profile as far as identity goes."""

    id: str
    email: str
    phone: str  # digits


def read_profile(row: dict[str, Any]) -> Profile:
    """Return a profile of Klaviyo's JSON."""
    told = row.get("attributes") or {}
    phone = phone_digits(str(told.get("phone_number") or ""))
    return Profile(str(row["id"]), fold(str(told.get("email") or "")), phone)


def customers_of(profiles: Sequence[Profile]) -> dict[str, int]:
    """Return profile id → customer of those who are one; no customer twice."""
    ids = [profile.id for profile in profiles]
    known = dict(
        KlaviyoPerson.objects.filter(profile_id__in=ids).values_list("profile_id", "customer_id")
    )
    rest = [profile for profile in profiles if profile.id not in known]
    found = known | _by("email_key", {one.email: one.id for one in rest if one.email})
    rest = [profile for profile in rest if profile.id not in found]
    found |= _by("phone_key", {one.phone: one.id for one in rest if one.phone and not one.email})
    return _once(found)


def _by(column: str, wanted: dict[str, str]) -> dict[str, int]:
    """Return profile id → the first customer with its address."""
    if not wanted:
        return {}
    rows = Customer.objects.filter(
        **{f"{column}__in": list(wanted)}, merged_into=None, erased_at=None
    )
    first = rows.order_by().values(column).annotate(first=Min("pk"))
    return {wanted[row[column]]: row["first"] for row in first}


def _once(found: dict[str, int]) -> dict[str, int]:
    taken: set[int] = set()
    kept: dict[str, int] = {}
    for profile, customer in found.items():
        if customer not in taken:
            kept[profile] = customer
            taken.add(customer)
    return kept


def note(pairs: Iterable[tuple[int, str]]) -> None:
    """Keep which profile a customer is."""
    rows = [KlaviyoPerson(customer_id=customer, profile_id=profile) for customer, profile in pairs]
    KlaviyoPerson.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["customer"], update_fields=["profile_id"]
    )


def look_up(client: KlaviyoClient, addresses: dict[int, dict[str, str]]) -> dict[int, str]:
    """Return customer → profile id of those Klaviyo knows by the address they have or had."""
    found: dict[int, str] = {}
    for kind in ("email", "phone_number"):
        asked = {row[kind]: pk for pk, row in addresses.items() if kind in row}
        values = list(asked)
        for start in range(0, len(values), MOST_ASKED):
            part = values[start : start + MOST_ASKED]
            found |= _look_up(client, kind, {value: asked[value] for value in part})
    return found


def _look_up(client: KlaviyoClient, kind: str, asked: dict[str, int]) -> dict[int, str]:
    listed = ",".join(f'"{value}"' for value in asked)
    reply = client.get(
        "/api/profiles",
        tiers.PROFILES,
        filter=f"any({kind},[{listed}])",
        fields_profile=FIELDS,
        page_size=MOST_ASKED,
    )
    found: dict[int, str] = {}
    for row in reply.data:
        value = str((row.get("attributes") or {}).get(kind) or "")
        customer = asked.get(value) or asked.get(value.lower())
        if customer is not None:
            found[customer] = str(row["id"])
    return found
