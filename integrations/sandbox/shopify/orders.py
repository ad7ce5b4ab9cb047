"""What they bought: orders with lines, discounts, refunds, parcels, samples and oddities."""

from random import Random
from typing import Any

from integrations.sandbox.shopify import goods
from integrations.sandbox.shopify.clock import written
from integrations.sandbox.shopify.ids import LINES, MOST_LINES, ORDERS, gid, order_number
from integrations.sandbox.shopify.order_money import cancel, money, refund

Made = dict[str, Any]
DAY = 86_400
SAMPLE_TAGS = (["ugc-sample"], ["tiktok-sample"], ["creator-sample", "spring gifting"], ["ugc"])


def make_order(
    household: int,
    place: int,
    *,
    at: float,
    until: float,
    random: Random,
    currency: str,
    kind: str = "order",
    cents: int | None = None,
) -> Made:
    """Return one order; `kind`: order, tiktok, sample or tiktok_sample (given away for nothing)."""
    number = order_number(household, place)
    is_free = kind.endswith("sample")
    lines = _make_lines(number, random=random, currency=currency, is_free=is_free, cents=cents)
    worth = sum(line["_worth"] for line in lines)
    is_exact = cents is not None  # somebody said what it costs: that it costs
    code = "" if is_free or is_exact or random.random() > 0.12 else "WELCOME10"
    discount = worth if is_free else worth // 10 if code else 0
    shipping = 0 if is_free or is_exact or worth > 4000 else 395
    total = worth - discount + shipping
    order = {
        "id": gid("Order", number),
        "legacyResourceId": str(number),
        "name": f"#{1001 + household * 7 % 900_000}-{place + 1}",
        "createdAt": written(at),
        "processedAt": written(at),
        "updatedAt": written(at + 60),
        "cancelledAt": None,
        "cancelReason": None,
        "closedAt": written(at + 3 * DAY),
        "test": number % 211 == 0,
        "tags": _tags(kind, number),
        "note": None,
        "email": None,
        "phone": None,
        "sourceIdentifier": None,
        "customAttributes": [],
        "currencyCode": currency,
        "presentmentCurrencyCode": currency,
        "subtotalLineItemsQuantity": sum(line["quantity"] for line in lines),
        "discountCode": code or None,
        "discountCodes": [code] if code else [],
        "customerAcceptsMarketing": random.random() < 0.5,
        "billingAddress": None,
        "shippingAddress": None,
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "FULFILLED",
        "refunds": [],
        "fulfillments": [],
        "_lines": lines,
        "_kind": "Order",
        "_at": at,
        "_total": total,
        "_refunded": 0,
        "_discount": discount,
        "_shipping": shipping,
        "_currency": currency,
    } | _door(kind, random)
    _give_a_course(order, random=random, until=until)
    return order


def _tags(kind: str, number: int) -> list[str]:
    if kind == "order":
        return ["gift"] if number % 13 == 0 else []
    if kind == "tiktok":
        return ["TikTok"]
    return SAMPLE_TAGS[number % len(SAMPLE_TAGS)]


def _door(kind: str, random: Random) -> Made:
    if kind.startswith("tiktok"):
        return goods.TIKTOK | {"sourceIdentifier": f"57{int(random.random() * 10**16):016d}"}
    if kind == "sample":
        return goods.APP if random.random() < 0.3 else goods.DRAFT
    return goods.POINT_OF_SALE if random.random() < 0.15 else goods.WEB


def _make_lines(
    order: int, *, random: Random, currency: str, is_free: bool, cents: int | None
) -> list[Made]:
    count = 1 if cents is not None or is_free else 1 + int(random.random() ** 3 * 4)
    return [
        _make_line(order, place, random=random, currency=currency, is_free=is_free, cents=cents)
        for place in range(count)
    ]


def _make_line(
    order: int, place: int, *, random: Random, currency: str, is_free: bool, cents: int | None
) -> Made:
    product = goods.PRODUCTS[int(random.random() * len(goods.PRODUCTS))]
    if order % 97 == 0:
        product = goods.GIFT_CARD
    quantity = 1 if cents is not None or random.random() < 0.8 else 2
    price = product["_cents"] if cents is None else cents
    worth = price * quantity
    is_gone = order % 151 == 0  # a product that was deleted since
    return {
        "id": gid("LineItem", LINES + (order - ORDERS) * MOST_LINES + place),
        "name": product["title"],
        "title": product["title"],
        "variantTitle": None,
        "sku": product["_sku"] or None,
        "vendor": product["vendor"],
        "quantity": quantity,
        "currentQuantity": quantity,
        "isGiftCard": product is goods.GIFT_CARD,
        "requiresShipping": product is not goods.GIFT_CARD,
        "originalUnitPriceSet": money(price, currency),
        "originalTotalSet": money(worth, currency),
        "discountedTotalSet": money(0 if is_free else worth, currency),
        "totalDiscountSet": money(worth if is_free else 0, currency),
        "product": None if is_gone else product,
        "variant": None if is_gone else goods.VARIANTS[product["id"]],
        "_worth": worth,
        "_kind": "LineItem",
    }


def _give_a_course(order: Made, *, random: Random, until: float) -> None:
    """Let some orders be cancelled, refunded, paid in part, or still on their way."""
    draw, at = random.random(), order["_at"]
    is_old = at + 12 * DAY < until
    if draw < 0.02 and is_old:
        cancel(order, at=at + DAY)
    elif draw < 0.05 and is_old:
        refund(order, cents=order["_total"], at=at + 9 * DAY)
    elif draw < 0.08 and is_old:
        refund(order, cents=order["_total"] // 3, at=at + 12 * DAY)
    elif draw < 0.09:
        order["displayFinancialStatus"] = "PENDING"
    elif draw < 0.095:
        order["displayFinancialStatus"] = "VOIDED"
    if draw > 0.97 or not is_old:
        order |= {"displayFulfillmentStatus": "UNFULFILLED", "closedAt": None}
    elif order["cancelledAt"] is None:
        order["fulfillments"] = [_parcel(order, at=at + DAY)]


def _parcel(order: Made, *, at: float) -> Made:
    number = int(order["legacyResourceId"])
    return {
        "id": gid("Fulfillment", number + 10**12),
        "status": "SUCCESS",
        "createdAt": written(at),
        "updatedAt": written(at),
        "deliveredAt": written(at + 2 * DAY) if number % 3 else None,
        "trackingInfo": [
            {"company": "Royal Mail", "number": f"SB{number % 10**9:09d}GB", "url": None}
        ],
    }
