"""The shop and its mirror as comparable rows: what "mirror = shop" means."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from commerce.models import CustomerIdentity, Order
from integrations.models import ShopifyStore


def mirrored(store: ShopifyStore) -> dict[str, Any]:
    """Return what is mirrored of a store, by the shop's numbers."""
    people = CustomerIdentity.objects.filter(source=store.source).select_related("customer")
    orders = Order.objects.filter(source=store.source).prefetch_related("lines", "refunds")
    owners = dict(people.values_list("customer_id", "external_id"))
    return {
        "customers": {
            row.external_id: (
                row.customer.email.lower(),
                row.customer.last_name,
                sorted(row.customer.tags),
                row.customer.source_at,
            )
            for row in people
        },
        "orders": {
            order.external_id: (
                order.number,
                order.total,
                owners.get(order.customer_id),
                order.source_at,
                sorted((line.line_key, line.quantity) for line in order.lines.all()),
                sum((refund.amount for refund in order.refunds.all()), Decimal(0)),
            )
            for order in orders
        },
    }


def of_shop(shopify: Any) -> dict[str, Any]:
    """Return the same of the sandbox's shop, read from where it keeps its own."""
    store = shopify.shop.store
    return {
        "customers": {
            node["legacyResourceId"]: (
                ((node["defaultEmailAddress"] or {}).get("emailAddress") or "").lower(),
                node["lastName"] or "",
                sorted(node["tags"]),
                datetime.fromisoformat(node["updatedAt"]),
            )
            for node in store.customers()
        },
        "orders": {
            node["legacyResourceId"]: (
                node["name"],
                Decimal(node["_total"]) / 100,
                _owner(store, node),
                datetime.fromisoformat(node["updatedAt"]),
                sorted((_last(line["id"]), line["quantity"]) for line in node["_lines"]),
                Decimal(node["_refunded"]) / 100,
            )
            for node in store.orders()
        },
    }


def _owner(store: Any, order: dict[str, Any]) -> str | None:
    owner = order.get("_customer")
    return _last(owner) if owner and store.customer(owner) else None


def _last(gid: str) -> str:
    return gid.rsplit("/", 1)[1]
