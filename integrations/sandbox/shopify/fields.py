"""Fields that are worked out when they are asked for; every other one stands in the object."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from integrations.sandbox.shopify.order_money import money_of
from integrations.sandbox.shopify.paging import page_of_list
from integrations.sandbox.shopify.refusals import refusal
from integrations.sandbox.shopify.rfm import rfm_group

if TYPE_CHECKING:
    from integrations.sandbox.shopify.call import Call

Made = dict[str, Any]
Resolve = Callable[..., Any]


def _email(customer: Made) -> Made:
    return customer["defaultEmailAddress"] or {}


def _email_consent(_call: "Call", customer: Made) -> Made | None:
    email = customer["defaultEmailAddress"]
    return email and {
        "marketingState": email["marketingState"],
        "marketingOptInLevel": email["marketingOptInLevel"],
        "consentUpdatedAt": email["marketingUpdatedAt"],
    }


def _sms_state(phone: Made) -> str:
    state = str(phone["smsMarketingConsent"]["state"])
    return "NOT_SUBSCRIBED" if state == "NEVER_SUBSCRIBED" else state


def _sms_consent(_call: "Call", customer: Made) -> Made | None:
    phone = customer["defaultPhoneNumber"]
    return phone and {
        "marketingState": _sms_state(phone),
        "marketingOptInLevel": phone["smsMarketingConsent"]["optInLevel"] or "UNKNOWN",
        "consentUpdatedAt": phone["smsMarketingConsent"]["updatedAt"],
        "consentCollectedFrom": phone["smsMarketingConsent"]["collectedFrom"],
    }


def _statistics(call: "Call", customer: Made) -> Made:
    has_orders = customer["numberOfOrders"] != "0"
    return {
        "predictedSpendTier": customer["_tier"] if has_orders else None,
        "rfmGroup": rfm_group(call.shop, customer),
    }


def orders_of(call: "Call", customer: Made) -> list[Made]:
    """Return a customer's orders that the app sees."""
    household = call.shop.store.home_of(customer["id"])
    return [order for order in household.orders if call.sees(order)] if household else []


def _last_order(call: "Call", customer: Made) -> Made | None:
    return max(orders_of(call, customer), key=lambda order: order["_at"], default=None)


def _customer_of(call: "Call", order: Made) -> Made | None:
    owner = order.get("_customer")
    return call.shop.store.customer(owner) if owner else None


ATTRIBUTES: dict[str, Resolve] = {
    "amount_spent": lambda customer: float(customer["amountSpent"]["amount"]),
    "number_of_orders": lambda customer: float(customer["numberOfOrders"]),
}


def _attribute_statistics(call: "Call", row: Made, attributeName: str) -> Made:  # noqa: N803
    read = ATTRIBUTES.get(attributeName)
    if read is None:
        raise refusal(f"Invalid attribute name: {attributeName}.", "INVALID")
    households = map(call.shop.store.household, row["_members"])
    values = [read(each.customer) for each in households if each and each.customer]
    return {"sum": sum(values), "average": sum(values) / len(values) if values else 0.0}


def _member(call: "Call", row: Made) -> Made:
    """Return the customer behind a member, who is made only when more than the id is asked."""
    household = call.shop.store.household(row["_household"])
    return (household.customer if household else None) or {}


def _last_order_id(call: "Call", row: Made) -> str | None:
    customer = _member(call, row)
    last = _last_order(call, customer) if customer else None
    return str(last["id"]) if last else None


FIELDS: dict[tuple[str, str], Resolve] = {
    ("Customer", "email"): lambda _call, row: _email(row).get("emailAddress"),
    ("Customer", "phone"): lambda _call, row: (row["defaultPhoneNumber"] or {}).get("phoneNumber"),
    ("Customer", "emailMarketingConsent"): _email_consent,
    ("Customer", "smsMarketingConsent"): _sms_consent,
    ("Customer", "statistics"): _statistics,
    ("Customer", "lastOrder"): _last_order,
    ("Customer", "orders"): lambda call, row, **asked: page_of_list(
        orders_of(call, row),
        **{key: asked[key] for key in asked if key not in ("query", "sortKey")},
    ),
    ("CustomerSegmentMember", "lastOrderId"): _last_order_id,
    ("CustomerPhoneNumber", "marketingState"): lambda _call, row: _sms_state(row),
    ("CustomerPhoneNumber", "marketingOptInLevel"): lambda _call, row: row["smsMarketingConsent"][
        "optInLevel"
    ],
    ("CustomerPhoneNumber", "marketingUpdatedAt"): lambda _call, row: row["smsMarketingConsent"][
        "updatedAt"
    ],
    ("CustomerPhoneNumber", "marketingCollectedFrom"): lambda _call, row: row[
        "smsMarketingConsent"
    ]["collectedFrom"],
    ("Order", "customer"): _customer_of,
    ("Order", "lineItems"): lambda _call, row, **asked: page_of_list(row["_lines"], **asked),
    ("Order", "refunds"): lambda _call, row, first=None: row["refunds"][:first],
    ("Order", "fulfillments"): lambda _call, row, first=None, query=None: row["fulfillments"][
        :first
    ],
    ("SegmentStatistics", "attributeStatistics"): _attribute_statistics,
    ("Refund", "refundLineItems"): lambda _call, row, **asked: page_of_list(row["_lines"], **asked),
    ("Fulfillment", "trackingInfo"): lambda _call, row, first=None: row["trackingInfo"][:first],
}


def _total(key: str) -> Resolve:
    return lambda _call, order: money_of(order, key)


for _key in (
    "totalPriceSet",
    "currentTotalPriceSet",
    "subtotalPriceSet",
    "currentSubtotalPriceSet",
    "totalDiscountsSet",
    "totalShippingPriceSet",
    "totalTaxSet",
    "totalRefundedSet",
    "netPaymentSet",
):
    FIELDS["Order", _key] = _total(_key)


def _of_member(key: str) -> Resolve:
    return lambda call, row: _member(call, row).get(key)


for _key in (
    "displayName",
    "firstName",
    "lastName",
    "note",
    "numberOfOrders",
    "amountSpent",
    "defaultAddress",
    "defaultEmailAddress",
    "defaultPhoneNumber",
):
    FIELDS["CustomerSegmentMember", _key] = _of_member(_key)
