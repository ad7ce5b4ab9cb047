"""A shop's JSON as neutral records: a table of what becomes of what."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from integrations.shopify.mappers import Unusable, customer_item, number, order_item

CUSTOMER = {
    "id": "gid://shopify/Customer/115310627314723954", "firstName": "Ada", "lastName": None,
    "locale": "en-GB", "tags": ["vip", "news"], "createdAt": "2024-01-02T03:04:05Z",
    "updatedAt": "2026-06-01T10:00:00Z",
    "defaultEmailAddress": {
        "emailAddress": "Ada@Example.test", "marketingState": "SUBSCRIBED",
        "marketingUpdatedAt": "2025-05-05T05:05:05Z",
    },
    "defaultPhoneNumber": None,
    "defaultAddress": {"city": "Leeds", "provinceCode": "ENG", "countryCodeV2": "GB", "zip": None},
    "statistics": {"predictedSpendTier": "HIGH", "rfmGroup": "CHAMPIONS"},
}  # fmt: skip


def money(amount, currency="GBP"):
    return {"shopMoney": {"amount": amount, "currencyCode": currency}}


ORDER = {
    "id": "gid://shopify/Order/1", "name": "#1001", "email": "ada@example.test",
    "createdAt": "2026-06-01T09:59:00Z", "processedAt": "2026-06-01T10:00:00Z",
    "updatedAt": "2026-06-02T10:00:00Z", "cancelledAt": None, "test": False, "tags": ["a"],
    "sourceName": "web", "app": {"name": "Online Store"},
    "attribution": {"handle": "tiktok", "displayName": "TikTok Shop"},
    "displayFinancialStatus": "PARTIALLY_REFUNDED", "displayFulfillmentStatus": "FULFILLED",
    "currencyCode": "GBP", "subtotalLineItemsQuantity": 3,
    "totalDiscountsSet": money("5.0"), "totalTaxSet": money("4.0"),
    "totalShippingPriceSet": money("3.95"), "totalPriceSet": money("32.95"),
    "discountCodes": ["TEN"], "customer": {"id": CUSTOMER["id"]},
    "refunds": [
        {"id": "gid://shopify/Refund/9", "createdAt": "2026-06-03T00:00:00Z",
         "totalRefundedSet": money("1e1")},
        {"id": "gid://shopify/Refund/10", "createdAt": "2026-06-03T00:00:00Z",
         "totalRefundedSet": money("0.0")},
    ],
    "fulfillments": [
        {"status": "SUCCESS", "createdAt": "2026-06-01T12:00:00Z"},
        {"status": "SUCCESS", "createdAt": "2026-06-02T09:00:00Z"},
        {"status": "CANCELLED", "createdAt": "2026-06-09T09:00:00Z"},
    ],
}  # fmt: skip
LINE = {
    "id": "gid://shopify/LineItem/5", "title": "Tea", "sku": "TEA-1", "vendor": "Fern",
    "quantity": 3, "originalUnitPriceSet": money("10.0"), "discountedTotalSet": money("25.0"),
    "product": {"productType": "Drinks", "category": {"name": "Green tea"}},
}  # fmt: skip


def order(lines=(LINE,), **changes):
    return order_item(ORDER | changes, lines=lines, store="greenshop")


def test_a_customer_becomes_a_person():
    item = customer_item(CUSTOMER)
    person = item.records[0]

    assert item.changed_at == person.source_at == datetime(2026, 6, 1, 10, tzinfo=UTC)
    assert (person.external_id, person.first_name, person.last_name) == (
        "115310627314723954", "Ada", "",
    )  # fmt: skip
    assert (person.email, person.phone, person.email_consent) == (
        "Ada@Example.test", "", "subscribed",
    )  # fmt: skip
    assert person.email_consent_at == datetime(2025, 5, 5, 5, 5, 5, tzinfo=UTC)
    assert (person.country, person.region, person.city, person.postal_code) == (
        "GB", "ENG", "Leeds", "",
    )  # fmt: skip
    assert person.attributes == {"shopify_rfm_group": "champions", "shopify_spend_tier": "high"}
    assert person.sms_consent is None


@pytest.mark.parametrize(
    ("state", "consent"),
    [("SUBSCRIBED", "subscribed"), ("UNSUBSCRIBED", "unsubscribed"), ("REDACTED", "unsubscribed"),
     ("PENDING", "pending"), ("NOT_SUBSCRIBED", "not_subscribed"), ("INVALID", "not_subscribed"),
     ("SOMETHING_NEW", "unknown"), (None, None)],
)  # fmt: skip
def test_consents_are_read_and_new_words_survive(state, consent):
    email = CUSTOMER["defaultEmailAddress"] | {"marketingState": state}

    assert customer_item(CUSTOMER | {"defaultEmailAddress": email}).records[0].email_consent == (
        consent
    )


def test_without_an_address_the_place_is_told_by_nobody():
    person = customer_item(CUSTOMER | {"defaultAddress": None}).records[0]

    assert (person.country, person.city) == (None, None)


def test_an_order_becomes_an_order_with_its_refunds_above_zero():
    found, *refunds = order().records

    assert (found.external_id, found.number, found.store) == ("1", "#1001", "greenshop")
    assert found.placed_at == datetime(2026, 6, 1, 10, tzinfo=UTC)
    assert (found.person, found.email) == ("115310627314723954", None)
    assert (found.channel, found.source_name, found.app) == ("TikTok Shop", "web", "Online Store")
    assert (found.financial_status, found.fulfillment_status) == (
        "partially_refunded", "fulfilled",
    )  # fmt: skip
    assert found.fulfilled_at == datetime(2026, 6, 2, 9, tzinfo=UTC)
    assert [(refund.external_id, refund.amount) for refund in refunds] == [("9", Decimal(10))]


def test_an_orders_parts_add_up_to_its_total():
    found = order().records[0]

    parts = found.items_total - found.discount_total + found.tax_total + found.shipping_total
    assert parts == found.total == Decimal("32.95")
    assert found.items_total == Decimal(30)


def test_a_line_keeps_its_price_and_its_discount():
    line = order().records[0].lines[0]

    assert (line.key, line.quantity, line.price, line.discount) == ("5", 3, 10, 5)
    assert (line.product, line.sku, line.category, line.vendor) == (
        "Tea", "TEA-1", "Green tea", "Fern",
    )  # fmt: skip


def test_a_deleted_product_leaves_the_line():
    line = order(lines=[LINE | {"product": None}]).records[0].lines[0]

    assert (line.product, line.category) == ("Tea", "")


def test_a_guest_is_known_by_the_orders_address():
    found = order(customer=None).records[0]

    assert (found.person, found.email) == (None, "ada@example.test")


def test_lines_that_are_apart_are_not_told():
    assert order(lines=None).records[0].lines is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": None}, "has no id"),
        ({"id": "gid://shopify/Order/abc"}, "has no id"),
        ({"updatedAt": None}, "no date in “updatedAt”"),
        ({"processedAt": "0000-01-01T00:00:00Z"}, "no date"),
        ({"processedAt": "9999-12-31T00:00:00Z"}, "impossible date"),
        ({"processedAt": "2026-06-01T10:00:00"}, "impossible date"),
        ({"totalPriceSet": money("NaN")}, "impossible number"),
        ({"totalPriceSet": money("lots")}, "no number"),
        ({"totalPriceSet": money("1e40")}, "impossible number"),
    ],
)
def test_what_cannot_be_used_says_why(changes, reason):
    with pytest.raises(Unusable, match=reason):
        order(**changes)


@pytest.mark.parametrize(
    ("gid", "told"),
    [("gid://shopify/Customer/7", "7"), ("gid://shopify/Refund/8?x=1", "8"), ("9", "9")],
)
def test_numbers_are_read_from_names(gid, told):
    assert number(gid) == told
