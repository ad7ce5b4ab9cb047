"""What webhooks say: objects in the older, REST-like shape."""

from typing import TYPE_CHECKING, Any

from integrations.sandbox.shopify.order_money import money_of

if TYPE_CHECKING:
    from integrations.sandbox.shopify.shop import Shop

Made = dict[str, Any]


def customer_payload(customer: Made) -> Made:
    """Return a customer as customers/create and customers/update tell it."""
    email, phone = customer["defaultEmailAddress"] or {}, customer["defaultPhoneNumber"] or {}
    return {
        "id": int(customer["legacyResourceId"]),
        "admin_graphql_api_id": customer["id"],
        "created_at": customer["createdAt"],
        "updated_at": customer["updatedAt"],
        "email": email.get("emailAddress"),
        "phone": phone.get("phoneNumber"),
        "first_name": customer["firstName"],
        "last_name": customer["lastName"],
        "state": customer["state"].lower(),
        "tags": ", ".join(customer["tags"]),
        "note": customer["note"],
        "verified_email": customer["verifiedEmail"],
    }


def consent_payload(customer: Made) -> Made:
    """Return what customers_email_marketing_consent/update tells."""
    email = customer["defaultEmailAddress"] or {}
    level = email.get("marketingOptInLevel")
    return {
        "customer_id": int(customer["legacyResourceId"]),
        "email_address": email.get("emailAddress"),
        "email_marketing_consent": {
            "state": (email.get("marketingState") or "not_subscribed").lower(),
            "opt_in_level": level and level.lower(),
            "consent_updated_at": email.get("marketingUpdatedAt"),
        },
    }


def sms_consent_payload(customer: Made) -> Made:
    """Return what customers_marketing_consent/update tells."""
    phone = customer["defaultPhoneNumber"] or {}
    consent = phone.get("smsMarketingConsent") or {}
    return {
        "id": int(customer["legacyResourceId"]),
        "phone": phone.get("phoneNumber"),
        "sms_marketing_consent": {
            "state": (consent.get("state") or "not_subscribed").lower(),
            "opt_in_level": (consent.get("optInLevel") or "unknown").lower(),
            "consent_updated_at": consent.get("updatedAt"),
            "consent_collected_from": consent.get("collectedFrom"),
        },
    }


def order_payload(order: Made) -> Made:
    """Return an order as the topics of orders tell it."""
    customer = order.get("_customer")
    return {
        "id": int(order["legacyResourceId"]),
        "admin_graphql_api_id": order["id"],
        "name": order["name"],
        "created_at": order["createdAt"],
        "processed_at": order["processedAt"],
        "updated_at": order["updatedAt"],
        "cancelled_at": order["cancelledAt"],
        "test": order["test"],
        "tags": ", ".join(order["tags"]),
        "currency": order["_currency"],
        "total_price": money_of(order, "totalPriceSet")["shopMoney"]["amount"],
        "financial_status": (order["displayFinancialStatus"] or "").lower(),
        "source_name": order["sourceName"],
        "customer": customer
        and {
            "id": int(customer.rpartition("/")[2]),
            "admin_graphql_api_id": customer,
        },
    }


def part_payload(part: Made, order: Made) -> Made:
    """Return a refund or a parcel of an order."""
    return {
        "id": int(part["id"].rpartition("/")[2]),
        "admin_graphql_api_id": part["id"],
        "order_id": int(order["legacyResourceId"]),
        "created_at": part["createdAt"],
        "updated_at": part["updatedAt"],
    }


def segment_payload(segment: Made) -> Made:
    """Return a segment as segments/create and segments/update tell it."""
    return {
        "id": int(segment["id"].rpartition("/")[2]),
        "admin_graphql_api_id": segment["id"],
        "name": segment["name"],
        "query": segment["query"],
        "creation_date": segment["creationDate"],
        "last_edit_date": segment["lastEditDate"],
    }


def membership_payload(shop: "Shop", customer_id: str, segment_id: str) -> Made:
    """Return who joined or left which segment; the real payload was not seen by us."""
    return {
        "customer_id": customer_id,
        "segment_id": segment_id,
        "shop_id": f"gid://shopify/Shop/{shop.number}",
    }


def bulk_payload(operation: Made) -> Made:
    """Return what bulk_operations/finish tells, in small letters."""
    return {
        "admin_graphql_api_id": operation["id"],
        "completed_at": operation["completedAt"],
        "created_at": operation["createdAt"],
        "error_code": operation["errorCode"] and operation["errorCode"].lower(),
        "status": operation["status"].lower(),
        "type": operation["type"].lower(),
    }


def person_payload(customer: Made) -> Made:
    """Return whom a compliance topic is about."""
    email, phone = customer["defaultEmailAddress"] or {}, customer["defaultPhoneNumber"] or {}
    return {
        "id": int(customer["legacyResourceId"]),
        "email": email.get("emailAddress"),
        "phone": phone.get("phoneNumber"),
    }
