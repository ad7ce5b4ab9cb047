"""Keeping a shop's webhooks as we want them: missing ones made, strange ones of ours deleted.

A shop drops a subscription after eight failures in a row, so they are compared every day.
"""

from datetime import datetime
from typing import Any

from integrations.errors import Refused, TryLater
from integrations.models import ShopifyHooks, ShopifyStore
from integrations.shopify.client import ShopifyClient
from integrations.shopify.webhooks.topics import ASKED_FOR
from integrations.shopify.webhooks.view import PATH, address

PAGE = 250
NO_HTTPS = (
    "Shopify sends webhooks to https addresses only, and this installation has none. "
    "Changes are read every few minutes instead."
)


def reconcile(client: ShopifyClient, store: ShopifyStore, *, at: datetime) -> dict[str, int]:
    """Compare the shop's list with what we want and mend it; return what was done."""
    hooks, _ = ShopifyHooks.objects.get_or_create(store=store)
    url = address()
    if not url.startswith("https://"):
        hooks.error, hooks.checked_at = NO_HTTPS, at
        hooks.save()
        return {"made": 0, "deleted": 0}
    there, strange = _compare(client, url)
    for gid in strange:
        client.ask("webhook_delete", id=gid)
    hooks.topics, hooks.refused = there, {}
    missing = [topic for topic in ASKED_FOR if topic not in there]
    hooks.made = sum(_make(client, hooks, topic, url) for topic in missing)
    hooks.error, hooks.checked_at = "", at
    hooks.save()
    return {"made": hooks.made, "deleted": len(strange)}


def _compare(client: ShopifyClient, url: str) -> tuple[dict[str, str], list[str]]:
    """Return topic → id of what leads to us, and the ids of doubles and of former addresses."""
    there: dict[str, str] = {}
    strange: list[str] = []
    for row in _all(client):
        topic, uri = str(row["topic"]), str(row["uri"])
        if uri == url and topic in ASKED_FOR and topic not in there:
            there[topic] = str(row["id"])
        elif uri.endswith(f"/{PATH}"):
            strange.append(str(row["id"]))
    return there, strange


def _all(client: ShopifyClient) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after = None
    while True:
        page = client.ask("webhooks", first=PAGE, after=after).data["webhookSubscriptions"]
        rows += page["nodes"]
        place = page["pageInfo"]
        if not place["hasNextPage"]:
            return rows
        if place["endCursor"] in (None, after):
            raise TryLater("Shopify's list went in a circle; reading begins anew.")
        after = place["endCursor"]


def _make(client: ShopifyClient, hooks: ShopifyHooks, topic: str, url: str) -> int:
    """Make one; a topic the app may not hear of is noted and asked again the next day."""
    try:
        reply = client.ask("webhook_create", topic=topic, webhook={"uri": url, "format": "JSON"})
    except Refused as error:
        hooks.refused[topic] = error.words[:200]
        return 0
    told = reply.data["webhookSubscriptionCreate"]
    if told["userErrors"] or not told["webhookSubscription"]:
        words = "; ".join(str(each.get("message", "")) for each in told["userErrors"])
        hooks.refused[topic] = words[:200] or "Shopify made none."
        return 0
    hooks.topics[topic] = str(told["webhookSubscription"]["id"])
    return 1
