"""The money of an order: how amounts are written, what is given back, what the totals come to."""

from functools import lru_cache
from typing import Any

from integrations.sandbox.shopify.clock import written
from integrations.sandbox.shopify.ids import gid

Made = dict[str, Any]


@lru_cache(maxsize=20_000)
def money(cents: int, currency: str) -> Made:
    """Return an amount as Shopify writes it: "11884.9", "0.0", never padded to two decimals."""
    amount = {"amount": str(cents / 100), "currencyCode": currency}
    return {"shopMoney": amount, "presentmentMoney": amount}


def cancel(order: Made, *, at: float, reason: str = "CUSTOMER") -> None:
    """Cancel an order; its money goes back."""
    order |= {
        "cancelledAt": written(at),
        "cancelReason": reason,
        "closedAt": written(at),
        "displayFulfillmentStatus": "UNFULFILLED",
        "fulfillments": [],
    }
    refund(order, cents=order["_total"] - order["_refunded"], at=at)


def refund(order: Made, *, cents: int, at: float) -> None:
    """Give back a part of an order's money on a day of its own."""
    order["_refunded"] += cents
    number = int(order["legacyResourceId"]) * 4 + len(order["refunds"])
    order["refunds"] = [
        *order["refunds"],
        {
            "id": gid("Refund", number),
            "legacyResourceId": str(number),
            "createdAt": written(at),
            "updatedAt": written(at),
            "note": None,
            "totalRefundedSet": money(cents, order["_currency"]),
            "_lines": [],
        },
    ]
    is_whole = order["_refunded"] >= order["_total"]
    order["displayFinancialStatus"] = "REFUNDED" if is_whole else "PARTIALLY_REFUNDED"
    order["updatedAt"] = written(at)


def money_of(order: Made, key: str) -> Made:
    """Return one of an order's totals, which follow from what it holds."""
    total, refunded = order["_total"], order["_refunded"]
    goods_only = total - order["_shipping"]
    cents = {
        "totalPriceSet": total,
        "currentTotalPriceSet": total - refunded,
        "subtotalPriceSet": goods_only,
        "currentSubtotalPriceSet": max(goods_only - refunded, 0),
        "totalDiscountsSet": order["_discount"],
        "totalShippingPriceSet": order["_shipping"],
        "totalTaxSet": 0,
        "totalRefundedSet": refunded,
        "netPaymentSet": total - refunded,
    }[key]
    return money(cents, order["_currency"])
