"""Who of a segment may be sent to a list, and why others are not."""

import re

from django.db.models import Q, QuerySet

from commerce.models import Customer
from commerce.models.customer import Consent
from integrations.models import KlaviyoList
from segments.contacting import never_contacted

# What Klaviyo certainly refuses is not sent: one bad address refuses ten thousand.
EMAIL = r"^[^@\s,;<>()\"]+@[^@\s,;<>()\"]+\.[a-z0-9-]{2,}$"
PHONE = r"^\+[1-9][0-9 ()./-]{6,22}$"
HAS_EMAIL = Q(email_key__regex=EMAIL)
HAS_PHONE = ~HAS_EMAIL & Q(phone__regex=PHONE)

REASONS = {
    "no_address": "without a usable e-mail address or international phone number",
    "unsubscribed": "have unsubscribed",
    "not_subscribed": "have not subscribed",
    "never_contact": "are never to be contacted",
    "same_address": "share their address with another customer",
    "excluded": "were taken out at Klaviyo",
    "refused": "are refused by Klaviyo",
    "unknown": "are in the list and no customers of yours",
}


def members(link: KlaviyoList) -> "QuerySet[Customer]":
    """Return the segment's members who are somebody still."""
    here = Customer.objects.filter(memberships__segment=link.segment_id)
    return here.filter(merged_into=None, erased_at=None)


def sendable(link: KlaviyoList) -> "QuerySet[Customer]":
    """Return the members that may be sent, doubles included."""
    rows = members(link).filter(HAS_EMAIL | HAS_PHONE).filter(_consents(link))
    return rows.exclude(pk__in=never_contacted())


def _consents(link: KlaviyoList) -> Q:
    if link.subscribed_only:
        by_email = HAS_EMAIL & Q(email_consent=Consent.SUBSCRIBED)
        return by_email | HAS_PHONE & Q(sms_consent=Consent.SUBSCRIBED)
    by_email = HAS_EMAIL & ~Q(email_consent=Consent.UNSUBSCRIBED)
    return by_email | HAS_PHONE & ~Q(sms_consent=Consent.UNSUBSCRIBED)


def wanted(link: KlaviyoList) -> set[int]:
    """Return the ids of who is to be in the list: of customers with one address, the first."""
    rows = sendable(link).order_by()
    by_email = rows.filter(HAS_EMAIL).order_by("email_key", "pk").distinct("email_key")
    by_phone = rows.filter(HAS_PHONE).order_by("phone_key", "pk").distinct("phone_key")
    found = set(by_email.values_list("pk", flat=True).iterator(chunk_size=10_000))
    return found | set(by_phone.values_list("pk", flat=True).iterator(chunk_size=10_000))


def skipped(link: KlaviyoList, *, count: int) -> dict[str, int]:
    """Return how many members are not sent, by reason; `count`: how many are."""
    rows = members(link).order_by()
    named = rows.filter(HAS_EMAIL | HAS_PHONE)
    no = rows.count() - named.count()
    refused = named.exclude(_consents(link))
    never = named.filter(_consents(link), pk__in=never_contacted()).count()
    out = _unsubscribed(refused)
    doubles = sendable(link).count() - count
    told = {
        "no_address": no,
        "unsubscribed": out,
        "not_subscribed": refused.count() - out,
        "never_contact": never,
        "same_address": doubles,
    }
    return {reason: number for reason, number in told.items() if number}


def _unsubscribed(rows: "QuerySet[Customer]") -> int:
    said_no = HAS_EMAIL & Q(email_consent=Consent.UNSUBSCRIBED)
    return rows.filter(said_no | HAS_PHONE & Q(sms_consent=Consent.UNSUBSCRIBED)).count()


def address_of(customer: Customer) -> dict[str, str]:
    """Return the identifiers that are sent of a customer: one, so that no two profiles clash."""
    if re.fullmatch(EMAIL, customer.email_key):
        return {"email": customer.email_key}
    return {"phone_number": f"+{customer.phone_key}"}


def has_address(customer: Customer) -> bool:
    """Say whether a customer can be named to Klaviyo: by e-mail, else by phone."""
    by_phone = re.fullmatch(PHONE, customer.phone) and 8 <= len(customer.phone_key) <= 15
    return bool(re.fullmatch(EMAIL, customer.email_key) or by_phone)
