"""Finding customers and orders by whole or leading text, each answered by an index.

The price of *contains* is a scan of all customers; callers put it under a statement timeout.
"""

import re

from django.db.models import Q, QuerySet

from commerce.models import Customer, CustomerIdentity, DataSource, Order
from commerce.text import fold, phone_digits

CANDIDATES = (
    1_000  # from one column: more is no search, and ids to sort cost milliseconds each thousand
)
PHONE = re.compile(r"[\d\s()+./-]{4,}")


def customer_ids(text: str, *, sees_contact: bool) -> list[int]:
    """Return ids of customers whose e-mail, name, phone, order or source id begins with `text`.

    Without the right to see contact details only numbers and ids are searched: an answer would
    tell who they are.
    """
    found = _by_number(text, sees_contact=sees_contact)
    if sees_contact:
        found += people_called(text)
    return list(dict.fromkeys(found))


def customer_ids_containing(text: str) -> list[int]:
    """Return ids of customers whose e-mail, name or phone has `text` anywhere; scans them all."""
    key, digits = fold(text), phone_digits(text)
    anywhere = Q(email_key__contains=key) | Q(name_key__contains=key)
    if len(digits) >= 4:
        anywhere |= Q(phone_key__contains=digits)
    return list(Customer.objects.filter(anywhere).values_list("pk", flat=True)[:CANDIDATES])


def orders_matching(text: str, *, sees_contact: bool) -> Q:
    """Return the condition for orders by number, source id, guest's e-mail or customer."""
    by_number = Q(pk__in=_ids(Order.objects.filter(numbered(text))))
    by_number |= Q(pk__in=_ids(Order.objects.filter(_known_as(text))))
    if not sees_contact:
        return by_number
    guests = Order.objects.filter(customer=None, email_key__startswith=fold(text))
    return by_number | Q(pk__in=_ids(guests)) | Q(customer__in=people_called(text))


def people_called(text: str) -> list[int]:
    """Return ids of customers whose e-mail, name or phone begins with `text`."""
    key, digits = fold(text), phone_digits(text)
    if not key:
        return []
    conditions = [Q(email_key__startswith=key)]
    if "@" not in key:
        conditions += [Q(name_key__startswith=key), Q(last_name_key__startswith=key)]
    if PHONE.fullmatch(text.strip()) and len(digits) >= 4:
        conditions.append(Q(phone_key__startswith=digits))
    # One query a column: OR would turn four index reads into one scan of all customers.
    found: list[int] = []
    for condition in conditions:
        found += _ids(Customer.objects.filter(condition))
    return found


def _by_number(text: str, *, sees_contact: bool) -> list[int]:
    text = text.strip()
    if not text or ("@" in text and not sees_contact):
        return []
    named = re.fullmatch(r"(?i)customer\s+(\d{1,18})", text)
    found = [int(named[1])] if named else []
    identities = CustomerIdentity.objects.filter(external_id__startswith=text)
    orders = Order.objects.filter(numbered(text), customer__isnull=False)
    for rows in (identities, orders):
        found += rows.values_list("customer_id", flat=True)[:CANDIDATES]
    return found


def numbered(text: str, *, path: str = "") -> Q:
    """Return orders, by way of `path`, whose number begins with `text`, with or without a “#”."""
    bare = text.strip().lstrip("#")
    forms = {bare, bare.upper(), bare.lower()}
    condition = Q(pk__in=[])
    for form in sorted(forms if bare else ()):
        condition |= Q(**{f"{path}number__startswith": form})
        condition |= Q(**{f"{path}number__startswith": f"#{form}"})
    return condition


def _known_as(text: str) -> Q:
    sources = list(DataSource.objects.values_list("key", flat=True))
    return Q(source__in=sources, external_id=text.strip())


def _ids(rows: "QuerySet[Customer] | QuerySet[Order]") -> list[int]:
    return list(rows.values_list("pk", flat=True)[:CANDIDATES])
