"""A shop's JSON → neutral records. Pure; the shop's words are kept, its numbers made exact.

What cannot be used raises Unusable with a reason that names nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from commerce.ingest import LineRecord, OrderRecord, PersonRecord, RefundRecord
from commerce.ingest.stage import Record
from commerce.models import Consent

RFM_GROUP, SPEND_TIER = "shopify_rfm_group", "shopify_spend_tier"
# A shop's word → ours. An address that cannot be reached was never subscribed to anything.
CONSENTS = {
    "SUBSCRIBED": Consent.SUBSCRIBED,
    "UNSUBSCRIBED": Consent.UNSUBSCRIBED,
    "REDACTED": Consent.UNSUBSCRIBED,
    "PENDING": Consent.PENDING,
    "NOT_SUBSCRIBED": Consent.NOT_SUBSCRIBED,
    "INVALID": Consent.NOT_SUBSCRIBED,
}
MOST_MONEY = Decimal(10) ** 13  # more does not fit a column, and is no price
FIRST_YEAR = 1990  # no shop is older, and no calendar day before year 1 can be kept
Json = Mapping[str, Any]


class Unusable(ValueError):  # noqa: N818 - a state of a record
    """A record that cannot be taken; the reason is shown to the merchant."""


@dataclass(frozen=True)
class Item:
    """One thing of the shop and the records it becomes: taken whole, or not at all."""

    external_id: str
    records: tuple[Record, ...]
    changed_at: datetime


def number(gid: Any) -> str:
    """Return the number in gid://shopify/Customer/123?…; raise Unusable."""
    digits = str(gid or "").rpartition("/")[2].partition("?")[0]
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 30:
        raise Unusable("has no id")
    return digits


def customer_item(node: Json) -> Item:
    """Return a customer with their contact details, place, consents and Shopify's own scores."""
    external_id, changed_at = number(node.get("id")), moment(node, "updatedAt")
    email = _inner(node, "defaultEmailAddress")
    phone = _inner(node, "defaultPhoneNumber")
    sms = _inner(phone, "smsMarketingConsent")
    person = PersonRecord(
        external_id=external_id,
        source_at=changed_at,
        first_name=text(node, "firstName"),
        last_name=text(node, "lastName"),
        email=text(email, "emailAddress"),
        phone=text(phone, "phoneNumber"),
        language=text(node, "locale"),
        customer_since=moment(node, "createdAt"),
        email_consent=_consent(email, "marketingState"),
        email_consent_at=moment_or_none(email, "marketingUpdatedAt"),
        sms_consent=_consent(sms, "state"),
        sms_consent_at=moment_or_none(sms, "updatedAt"),
        tags=words(node, "tags"),
        attributes=_own_scores(node),
        **_place(node),
    )
    return Item(external_id, (person,), changed_at)


def _place(node: Json) -> dict[str, Any]:
    address = node.get("defaultAddress")
    if not address:  # told by nobody: what is known from elsewhere stays
        return {}
    return {
        "country": text(address, "countryCodeV2")[:2],
        "region": text(address, "provinceCode"),
        "city": text(address, "city"),
        "postal_code": text(address, "zip"),
    }


def _own_scores(node: Json) -> dict[str, str] | None:
    statistics = _inner(node, "statistics")
    told = {RFM_GROUP: "rfmGroup", SPEND_TIER: "predictedSpendTier"}
    found = {key: text(statistics, name).lower() for key, name in told.items()}
    return {key: value for key, value in found.items() if value} or None


def _consent(node: Json, name: str) -> str | None:
    state = text(node, name)
    return CONSENTS.get(state, Consent.UNKNOWN) if state else None


def order_item(node: Json, *, lines: Sequence[Json] | None, store: str) -> Item:
    """Return an order with its refunds; `lines`: all its line items, None when they are apart."""
    external_id, changed_at = number(node.get("id")), moment(node, "updatedAt")
    customer = node.get("customer")
    total, currency = money(node, "totalPriceSet"), _currency(node)
    tax, shipping = money(node, "totalTaxSet"), money(node, "totalShippingPriceSet")
    discount = money(node, "totalDiscountsSet")
    order = OrderRecord(
        external_id=external_id,
        placed_at=moment(node, "processedAt"),
        source_at=changed_at,
        person=number(customer["id"]) if customer else None,
        email=None if customer else (text(node, "email") or None),
        number=text(node, "name"),
        store=store,
        currency=currency,
        # What is left of the total, so that the parts add up whether prices include tax or not.
        items_total=total - tax - shipping + discount,
        discount_total=discount,
        tax_total=tax,
        shipping_total=shipping,
        total=total,
        items_count=_count(node, "subtotalLineItemsQuantity"),
        discount_codes=words(node, "discountCodes"),
        channel=_channel(node),
        source_name=text(node, "sourceName"),
        app=text(_inner(node, "app"), "name"),
        tags=words(node, "tags"),
        financial_status=text(node, "displayFinancialStatus").lower(),
        fulfillment_status=text(node, "displayFulfillmentStatus").lower(),
        is_test=bool(node.get("test")),
        cancelled_at=moment_or_none(node, "cancelledAt"),
        fulfilled_at=_fulfilled_at(node),
        lines=None if lines is None else [line_record(line) for line in lines],
    )
    refunds = [_refund(each, order=order) for each in node.get("refunds") or []]
    given_back = tuple(refund for refund in refunds if refund.amount > 0)
    return Item(external_id, (order, *given_back), changed_at)


def line_record(node: Json) -> LineRecord:
    """Return one line of an order."""
    quantity, price = _count(node, "quantity"), money(node, "originalUnitPriceSet")
    product = _inner(node, "product")
    category = text(_inner(product, "category"), "name") or text(product, "productType")
    return LineRecord(
        key=number(node.get("id")),
        quantity=quantity,
        price=price,
        discount=max(Decimal(0), quantity * price - money(node, "discountedTotalSet")),
        product=text(node, "title"),
        sku=text(node, "sku"),
        category=category,
        vendor=text(node, "vendor"),
    )


def _refund(node: Json, *, order: OrderRecord) -> RefundRecord:
    return RefundRecord(
        external_id=number(node.get("id")),
        amount=money(node, "totalRefundedSet"),
        refunded_at=moment_or_none(node, "createdAt") or order.source_at,
        order=order.external_id,
        currency=order.currency,
    )


def _channel(node: Json) -> str:
    attribution = _inner(node, "attribution")
    return text(attribution, "displayName") or text(attribution, "handle")


def _fulfilled_at(node: Json) -> datetime | None:
    if text(node, "displayFulfillmentStatus") != "FULFILLED":
        return None
    sent = [
        moment(each, "createdAt")
        for each in node.get("fulfillments") or []
        if text(each, "status") in ("SUCCESS", "OPEN", "PENDING")
    ]
    return max(sent, default=None)


def _currency(node: Json) -> str:
    shop_money = _inner(_inner(node, "totalPriceSet"), "shopMoney")
    return (text(shop_money, "currencyCode") or text(node, "currencyCode"))[:3].upper()


def money(node: Json, name: str) -> Decimal:
    """Return an amount in the shop's currency, nothing for null; raise Unusable."""
    told = _inner(_inner(node, name), "shopMoney").get("amount")
    return _decimal(told, name) if told is not None else Decimal(0)


def _count(node: Json, name: str) -> Decimal:
    told = node.get(name)
    return _decimal(told, name) if told is not None else Decimal(0)


def _decimal(told: Any, name: str) -> Decimal:
    try:
        value = Decimal(str(told))
    except InvalidOperation:
        raise Unusable(f"has no number in “{name}”") from None
    if not value.is_finite() or abs(value) >= MOST_MONEY:
        raise Unusable(f"has an impossible number in “{name}”")
    return value


def moment(node: Json, name: str) -> datetime:
    """Return a moment that must be there; raise Unusable."""
    found = moment_or_none(node, name)
    if found is None:
        raise Unusable(f"has no date in “{name}”")
    return found


def moment_or_none(node: Json, name: str) -> datetime | None:
    """Return a moment, None for null; raise Unusable for what is no date of a shop."""
    told = node.get(name)
    if not told:
        return None
    try:
        found = datetime.fromisoformat(str(told))
    except ValueError:
        raise Unusable(f"has no date in “{name}”") from None
    if found.tzinfo is None or not FIRST_YEAR <= found.year < 9000:
        raise Unusable(f"has an impossible date in “{name}”")
    return found


def text(node: Json, name: str) -> str:
    """Return a text, empty for null."""
    told = node.get(name)
    return "" if told is None else str(told)


def words(node: Json, name: str) -> list[str]:
    """Return a list of texts, empty for null."""
    return [str(each) for each in node.get(name) or [] if each is not None]


def _inner(node: Json, name: str) -> Json:
    found = node.get(name)
    return found if isinstance(found, Mapping) else {}
