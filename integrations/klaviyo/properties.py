"""Scores at Klaviyo: whose properties differ from what was sent last is sent, nobody else."""

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from commerce.models import Customer
from commerce.models.customer import Consent
from integrations.klaviyo import tiers
from integrations.klaviyo.answers import Invalid
from integrations.klaviyo.audience import HAS_EMAIL, HAS_PHONE, address_of
from integrations.klaviyo.client import KlaviyoClient
from integrations.klaviyo.facts import FACTS, NOTHING, RELATED
from integrations.klaviyo.pushing import import_body
from integrations.models import KlaviyoAccount, KlaviyoPerson, KlaviyoProperty
from segments.contacting import never_contacted
from tenants import audit
from tenants.progress import Progress

PAGE = 5_000  # customers read at once, and rows of a request: some 2 MB of the 5 it may have
Row = dict[str, Any]


@dataclass(frozen=True)
class Changed:
    """A customer whose properties are to be sent."""

    customer: Customer
    row: Row
    print: str


def choose(account: KlaviyoAccount, keys: Collection[str], *, prefix: str, by: audit.Actor) -> None:
    """Say which facts are sent, under names that begin with `prefix`; raise ValidationError."""
    prefix = prefix.strip()
    if not prefix.replace("_", "").isalnum() or len(prefix) > 32:
        raise ValidationError(
            "The beginning of the names is made of letters, digits and _, at most 32, so that no "
            "property of your own is overwritten."
        )
    with transaction.atomic():
        KlaviyoProperty.objects.all().delete()
        KlaviyoProperty.objects.bulk_create(
            KlaviyoProperty(field=fact.key, name=f"{prefix}{fact.key}")
            for fact in FACTS
            if fact.key in keys
        )
        account.property_prefix = prefix
        account.save(update_fields=["property_prefix"])
        audit.record(by, "klaviyo_properties", account, properties=sorted(keys))


def send_all(
    client: KlaviyoClient, account: KlaviyoAccount, *, progress: Progress
) -> dict[str, int]:
    """Send whoever differs; return how many were sent and refused. Safe to repeat anywhere."""
    names = dict(KlaviyoProperty.objects.values_list("field", "name"))
    if not names:
        return {}
    counts = {"sent": 0, "refused": 0}
    seen = 0
    for customers in _pages(account):
        changed = changed_among(customers, names)
        if changed:
            refused = _send(client, changed)
            counts["sent"] += len(changed) - refused
            counts["refused"] += refused
        seen += len(customers)
        progress.report(seen, None, "Sending scores to Klaviyo")
    return {name: count for name, count in counts.items() if count}


def _pages(account: KlaviyoAccount) -> Iterator[list[Customer]]:
    """Yield whom properties may be sent of, by their ids."""
    rows = Customer.objects.filter(HAS_EMAIL | HAS_PHONE, merged_into=None, erased_at=None)
    said_no = HAS_EMAIL & Q(email_consent=Consent.UNSUBSCRIBED)
    rows = rows.exclude(said_no | HAS_PHONE & Q(sms_consent=Consent.UNSUBSCRIBED))
    rows = rows.exclude(pk__in=never_contacted()).select_related(*RELATED).order_by("pk")
    if not account.creates_profiles:
        rows = rows.filter(klaviyo__isnull=False)
    after = 0
    while page := list(rows.filter(pk__gt=after)[:PAGE]):
        yield page
        after = page[-1].pk


def changed_among(customers: Sequence[Customer], names: dict[str, str]) -> list[Changed]:
    """Return those whose properties differ from what was sent last."""
    ids = [one.pk for one in customers]
    sent = dict(
        KlaviyoPerson.objects.filter(pk__in=ids).values_list("customer_id", "properties_print")
    )
    found = []
    for customer in customers:
        values = properties_of(customer, names)
        if all(value == NOTHING for value in values.values()) and not sent.get(customer.pk):
            continue  # nothing is known of them, and nothing ever was
        mark = print_of(values)
        if sent.get(customer.pk, "") != mark:
            row = {"attributes": {**address_of(customer), "properties": values}}
            found.append(Changed(customer, row, mark))
    return found


def properties_of(customer: Customer, names: dict[str, str]) -> Row:
    """Return property → value."""
    values = {name: FACTS[key].read(customer) for key, name in names.items() if key in FACTS}
    return {name: NOTHING if value in (None, "") else value for name, value in values.items()}


def print_of(values: Row) -> str:
    """Return a short print of what is sent."""
    text = json.dumps(values, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _send(client: KlaviyoClient, changed: list[Changed]) -> int:
    """Send rows, without those Klaviyo points at in a second try; return how many it refused."""
    left, refused = changed, 0
    for is_last in (False, True):
        try:
            body = import_body([one.row for one in left], "")
            client.post("/api/profile-bulk-import-jobs", tiers.IMPORT, body, is_safe=True)
        except Invalid as error:
            if not error.rows or is_last:
                raise
            refused += len(error.rows)
            left = [one for place, one in enumerate(left) if place not in error.rows]
            if left:
                continue
        break
    KlaviyoPerson.objects.bulk_create(
        [KlaviyoPerson(customer=one.customer, properties_print=one.print) for one in left],
        update_conflicts=True,
        unique_fields=["customer"],
        update_fields=["properties_print"],
    )
    return refused
