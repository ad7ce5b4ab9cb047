"""Taking people out of a list by the relationship: nobody's consent changes."""

from collections.abc import Collection

from django.db import transaction

from integrations.klaviyo import people, tiers
from integrations.klaviyo.answers import Gone
from integrations.klaviyo.client import KlaviyoClient
from integrations.klaviyo.landed import land_removed, of_keys
from integrations.klaviyo.merge import Key
from integrations.klaviyo.pushing import MOST_IDS, rows_of
from integrations.models import KlaviyoList, KlaviyoPerson


def remove(client: KlaviyoClient, link: KlaviyoList, keys: Collection[Key]) -> int:
    """Take these out; return how many were in."""
    found = _profiles(client, link, keys)
    unknown = [key for key in keys if key not in found]
    with transaction.atomic():
        land_removed(link, unknown)  # Klaviyo has no profile of theirs any more
    pairs = sorted(found.items(), key=lambda pair: pair[1])
    count = 0
    for start in range(0, len(pairs), MOST_IDS):
        part = pairs[start : start + MOST_IDS]
        count += _take_out(client, link, [id for _, id in part])
        with transaction.atomic():
            land_removed(link, [key for key, _ in part])
    return count


def _profiles(client: KlaviyoClient, link: KlaviyoList, keys: Collection[Key]) -> dict[Key, str]:
    """Return the profile ids, asking Klaviyo for those that were never needed before."""
    found: dict[Key, str] = {key: key for key in keys if isinstance(key, str)}
    for rows in of_keys(link, keys):
        pairs = rows.exclude(profile_id="").values_list("customer_id", "profile_id")
        found |= {customer: profile for customer, profile in pairs if customer}
    rest = [key for key in keys if isinstance(key, int) and key not in found]
    known = KlaviyoPerson.objects.filter(customer__in=rest).exclude(profile_id="")
    found |= dict(known.values_list("customer_id", "profile_id"))
    rest = [key for key in rest if key not in found]
    if rest:
        asked = people.look_up(client, _addresses(rest))
        people.note(asked.items())
        found.update((key, id) for key, id in asked.items())
    return found


def _addresses(customers: list[int]) -> dict[int, dict[str, str]]:
    """Return the addresses under which customers were sent, else those they have now."""
    found = {row.customer: row.address for row in rows_of(customers)}
    for person in KlaviyoPerson.objects.filter(customer__in=customers):
        if person.email or person.phone:
            sent = {"email": person.email, "phone_number": person.phone}
            found[person.customer_id] = {name: text for name, text in sent.items() if text}
    return found


def _take_out(client: KlaviyoClient, link: KlaviyoList, ids: list[str]) -> int:
    """Take profiles out, in halves when one of them is gone; return how many were there still."""
    body = {"data": [{"type": "profile", "id": id} for id in ids]}
    path = f"/api/lists/{link.list_id}/relationships/profiles"
    try:
        client.delete(path, tiers.LIST_REMOVE, body)
    except Gone:
        if len(ids) == 1:
            KlaviyoPerson.objects.filter(profile_id=ids[0]).update(profile_id="")
            return 0
        middle = len(ids) // 2
        return _take_out(client, link, ids[:middle]) + _take_out(client, link, ids[middle:])
    return len(ids)
