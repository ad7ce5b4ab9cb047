"""Noting here what was done at Klaviyo: who is in a list by us, who is out."""

from collections.abc import Collection, Iterator, Sequence

from django.db.models import QuerySet

from commerce.models import Customer
from integrations.klaviyo.audience import address_of
from integrations.klaviyo.merge import Key, Keys
from integrations.models import KlaviyoList, KlaviyoMember, KlaviyoPerson

PAGE = 5_000


def land_added(link: KlaviyoList, customers: Sequence[int]) -> None:
    """Note that these are in the list, agreed on by both sides, and under which address."""
    rows = [
        KlaviyoMember(
            list=link,
            customer_id=pk,
            in_base=True,
            is_there=True,
        )
        for pk in customers
    ]
    _upsert(link, rows)
    _note_addresses(customers)


def _upsert(link: KlaviyoList, rows: list[KlaviyoMember]) -> None:
    """Write rows of customers. The unique index is partial, so Django's upsert cannot name it."""
    for start in range(0, len(rows), PAGE):
        part = {row.customer_id: row for row in rows[start : start + PAGE]}
        there = KlaviyoMember.objects.filter(list=link, customer__in=part)
        known = set(there.values_list("customer_id", flat=True))
        there.update(in_base=True, is_there=True, is_excluded=False)
        KlaviyoMember.objects.bulk_create([row for pk, row in part.items() if pk not in known])


def _note_addresses(customers: Sequence[int]) -> None:
    for start in range(0, len(customers), PAGE):
        part = Customer.objects.filter(pk__in=customers[start : start + PAGE])
        rows = [
            KlaviyoPerson(
                customer_id=one.pk,
                email=address_of(one).get("email", ""),
                phone=address_of(one).get("phone_number", ""),
            )
            for one in part.only("email_key", "phone_key")
        ]
        KlaviyoPerson.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["customer"],
            update_fields=["email", "phone"],
        )


def land_removed(link: KlaviyoList, keys: Collection[Key]) -> None:
    """Note that these are out of the list, agreed on by both sides."""
    for rows in of_keys(link, keys):
        rows.filter(is_excluded=True).update(in_base=False, is_there=False)
        rows.filter(is_excluded=False).delete()


def of_keys(link: KlaviyoList, keys: Collection[Key]) -> "Iterator[QuerySet[KlaviyoMember]]":
    """Yield the rows of customers and of profiles, some thousand at a time."""
    numbers = [key for key in keys if isinstance(key, int)]
    names = [key for key in keys if isinstance(key, str)]
    rows = KlaviyoMember.objects.filter(list=link)
    for start in range(0, len(numbers), PAGE):
        yield rows.filter(customer__in=numbers[start : start + PAGE])
    for start in range(0, len(names), PAGE):
        yield rows.filter(profile_id__in=names[start : start + PAGE], customer=None)


def agree(link: KlaviyoList, base: Keys) -> None:
    """Write what both sides agree on now; who is on no side any more is forgotten."""
    was: set[Key] = set()
    rows = KlaviyoMember.objects.filter(list=link, in_base=True)
    for customer, profile in rows.values_list("customer_id", "profile_id").iterator():
        was.add(customer or profile)
    for part in of_keys(link, base - was):
        part.update(in_base=True)
    for part in of_keys(link, was - base):
        part.update(in_base=False)
    gone = KlaviyoMember.objects.filter(list=link, in_base=False, is_there=False)
    gone.filter(is_excluded=False).delete()
