"""The doors of webhook subscriptions, and of tags."""

from typing import TYPE_CHECKING, Any

from integrations.sandbox.shopify.changes import Changes
from integrations.sandbox.shopify.doors import mutation, query
from integrations.sandbox.shopify.paging import Ordered, page

if TYPE_CHECKING:
    from integrations.sandbox.shopify.call import Call

Made = dict[str, Any]


def _fault(uri: str | None) -> Made | None:
    """Return the user error of an address; it names the older field to this day."""
    field = ["webhookSubscription", "callbackUrl"]
    if not uri:
        return {"field": field, "message": "Address can't be blank"}
    scheme = uri.partition("://")[0]
    if scheme != "https":
        return {"field": field, "message": f"Address protocol {scheme}:// is not supported"}
    return None


@mutation
def webhook_subscription_create(call: "Call", topic: str, **asked: Any) -> Made:
    """Subscribe an address to a topic."""
    told, shop = asked["webhookSubscription"], call.shop
    uri = told.get("uri") or told.get("callbackUrl")
    fault = _fault(uri)
    known = (each for each in shop.subscriptions.values() if each["topic"] == topic)
    if not fault and any(each["uri"] == uri for each in known):
        fault = {
            "field": ["webhookSubscription", "callbackUrl"],
            "message": "Address for this topic has already been taken",
        }
    if fault:
        return {"webhookSubscription": None, "userErrors": [fault]}
    made: Made = {
        "id": shop.next_id("WebhookSubscription"),
        "topic": topic,
        "uri": uri,
        "format": told.get("format") or "JSON",
        "filter": told.get("filter"),
        "includeFields": told.get("includeFields") or [],
        "name": told.get("name"),
        "apiVersion": {"handle": call.sandbox.version},
        "createdAt": shop.now(),
        "updatedAt": shop.now(),
        "_kind": "WebhookSubscription",
    }
    shop.subscriptions[made["id"]] = made
    shop.callback = str(uri)
    return {"webhookSubscription": made, "userErrors": []}


def _missing() -> Made:
    return {"field": ["id"], "message": "Webhook subscription does not exist"}


@mutation
def webhook_subscription_update(call: "Call", id: str, **asked: Any) -> Made:
    """Change a subscription."""
    found = call.shop.subscriptions.get(id)
    if found is None:
        return {"webhookSubscription": None, "userErrors": [_missing()]}
    told = asked["webhookSubscription"]
    uri = told.get("uri") or told.get("callbackUrl") or found["uri"]
    if fault := _fault(uri):
        return {"webhookSubscription": None, "userErrors": [fault]}
    kept = {key: told[key] for key in ("filter", "includeFields", "format", "name") if key in told}
    found |= kept | {"uri": uri, "updatedAt": call.shop.now()}
    return {"webhookSubscription": found, "userErrors": []}


@mutation
def webhook_subscription_delete(call: "Call", id: str) -> Made:
    """End a subscription."""
    if call.shop.subscriptions.pop(id, None) is None:
        return {"deletedWebhookSubscriptionId": None, "userErrors": [_missing()]}
    return {"deletedWebhookSubscriptionId": id, "userErrors": []}


@query
def webhook_subscriptions(
    call: "Call", topics: list[str] | None = None, uri: str | None = None, **asked: Any
) -> Made:
    """Answer a page of subscriptions."""
    for name in ("query", "sortKey", "format"):
        asked.pop(name, None)
    rows = Ordered(call.shop.subscriptions.values(), lambda row: row["createdAt"])
    return page(
        lambda after, down: rows.walk(after=after, is_down=down),
        finds=lambda row: (not topics or row["topic"] in topics) and uri in (None, row["uri"]),
        **asked,
    )


def _tag(call: "Call", some_id: str, tags: list[str], *, is_added: bool) -> Made:
    customer = call.shop.store.customer(some_id)
    if customer is None:
        return {"node": None, "userErrors": [{"field": ["id"], "message": "Not found"}]}
    before = set(customer["tags"])
    after = before | set(tags) if is_added else before - set(tags)
    Changes(call.sandbox, call.shop).change_customer(some_id, tags=sorted(after))
    return {"node": call.shop.store.customer(some_id), "userErrors": []}


@mutation
def tags_add(call: "Call", id: str, tags: list[str]) -> Made:
    """Give a customer tags."""
    return _tag(call, id, tags, is_added=True)


@mutation
def tags_remove(call: "Call", id: str, tags: list[str]) -> Made:
    """Take tags from a customer."""
    return _tag(call, id, tags, is_added=False)
