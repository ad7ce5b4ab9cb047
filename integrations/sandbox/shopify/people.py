"""Who buys in the sandbox's shop: invented people, each a pure function of seed and number."""

from random import Random
from typing import Any

from integrations.demo.names import BACK, FRONT, GIVEN, MAIL_HOSTS
from integrations.sandbox.shopify.clock import written
from integrations.sandbox.shopify.ids import customer_number, gid

Made = dict[str, Any]

PLACES = (
    ("London", "England", "ENG", "United Kingdom", "GB", "EC1A 1BB"),
    ("Leeds", "England", "ENG", "United Kingdom", "GB", "LS1 4DY"),
    ("Edinburgh", "Scotland", "SCT", "United Kingdom", "GB", "EH1 1YZ"),
    ("Burlington", "Vermont", "VT", "United States", "US", "05401"),
    ("Boston", "Massachusetts", "MA", "United States", "US", "02108"),
    ("Toronto", "Ontario", "ON", "Canada", "CA", "M5H 2N2"),
    ("Berlin", None, None, "Germany", "DE", "10117"),
    ("Lyon", None, None, "France", "FR", "69001"),
)
EMAIL_STATES = ("SUBSCRIBED",) * 11 + ("NOT_SUBSCRIBED",) * 5 + ("UNSUBSCRIBED",) * 3 + ("PENDING",)
SMS_STATES = ("SUBSCRIBED", "NEVER_SUBSCRIBED", "NEVER_SUBSCRIBED", "UNSUBSCRIBED")
TAGS = ("vip", "wholesale", "newsletter", "local", "gift buyer")
DAY = 86_400


def make_customer(number: int, *, since: float, random: Random, currency: str) -> Made:
    """Return one customer in the shape of the API; what orders decide is left empty."""
    draw = random.random
    first, last = GIVEN[int(draw() * len(GIVEN))], _surname(random)
    has_email = draw() < 0.94
    email = f"{first}.{last}{number}@{MAIL_HOSTS[number % len(MAIL_HOSTS)]}".lower()
    customer_id = customer_number(number)
    return {
        "id": gid("Customer", customer_id),
        "legacyResourceId": str(customer_id),
        "firstName": first,
        "lastName": last,
        "displayName": f"{first} {last}",
        "locale": "en" if number % 9 else "fr",
        "note": "Prefers parcels at the back door." if number % 23 == 0 else None,
        "state": ("ENABLED", "DISABLED", "DISABLED", "INVITED")[number % 4],
        "tags": sorted({tag for tag in TAGS if draw() < 0.07}),
        "taxExempt": number % 41 == 0,
        "verifiedEmail": has_email and number % 5 > 0,
        "dataSaleOptOut": number % 37 == 0,
        "createdAt": written(since),
        "updatedAt": written(since),
        "defaultAddress": _address(number, random) if draw() < 0.9 else None,
        "defaultEmailAddress": _email(email, since=since, random=random) if has_email else None,
        "defaultPhoneNumber": _phone(number, since=since) if draw() < 0.35 else None,
        "numberOfOrders": "0",
        "amountSpent": {"amount": "0.0", "currencyCode": currency},
        "_kind": "Customer",
        "_tier": ("LOW", "MEDIUM", "HIGH")[int(draw() * 3)],
    }


def make_marketplace_buyer(number: int, *, since: float, random: Random, currency: str) -> Made:
    """Return the stand-in that a marketplace's connector makes for each of its orders."""
    buyer = make_customer(number, since=since, random=random, currency=currency)
    email = f"anonymised{number}@chat-seller-us.tiktok.com"
    return buyer | {
        "firstName": "TikTok",
        "lastName": "Order",
        "displayName": "TikTok Order",
        "tags": ["tiktok"],
        "defaultEmailAddress": _email(email, since=since, random=random) | NEVER_ASKED,
        "defaultPhoneNumber": None,
    }


NEVER_ASKED = {
    "marketingState": "NOT_SUBSCRIBED",
    "marketingOptInLevel": None,
    "marketingUpdatedAt": None,
}


def _surname(random: Random) -> str:
    draw = random.random
    return FRONT[int(draw() * len(FRONT))] + BACK[int(draw() * len(BACK))]


def _email(address: str, *, since: float, random: Random) -> Made:
    state = EMAIL_STATES[int(random.random() * len(EMAIL_STATES))]
    if state == "NOT_SUBSCRIBED":
        return {"emailAddress": address} | NEVER_ASKED
    later = int(random.random() * 200) * DAY if state == "UNSUBSCRIBED" else 0
    return {
        "emailAddress": address,
        "marketingState": state,
        "marketingOptInLevel": "CONFIRMED_OPT_IN" if state == "PENDING" else "SINGLE_OPT_IN",
        "marketingUpdatedAt": written(since + later),
    }


def _phone(number: int, *, since: float) -> Made:
    state = SMS_STATES[number % len(SMS_STATES)]
    is_asked = state != "NEVER_SUBSCRIBED"
    return {
        # the numbers kept free for drama
        "phoneNumber": f"+447700900{number % 1000:03d}",
        "smsMarketingConsent": {
            "state": state,
            "optInLevel": "SINGLE_OPT_IN" if is_asked else None,
            "updatedAt": written(since) if is_asked else None,
            "collectedFrom": "SHOPIFY" if is_asked else None,
        },
    }


def _address(number: int, random: Random) -> Made:
    city, province, code, country, country_code, zipcode = PLACES[int(random.random() ** 2 * 8)]
    return {
        "id": gid("MailingAddress", 9_200_000_000_000 + number),
        "city": city,
        "province": province,
        "provinceCode": code,
        "country": country,
        "countryCodeV2": country_code,
        "zip": zipcode,
        "_kind": "MailingAddress",
    }
