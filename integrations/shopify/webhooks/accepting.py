"""Taking a webhook in: whose it is is known only after its signature held; then kept once.

The header names a shop, which only says whose secrets to try. Nothing is read, stored or entered
before the signature holds, and whoever cannot sign learns nothing: an unknown shop and a wrong
signature get the same answer.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.dateparse import parse_datetime
from django_tenants.utils import tenant_context

from integrations.models import ShopifyDelivery, ShopifyStore
from integrations.shopify.address import DOMAIN
from integrations.shopify.webhooks.topics import key_of
from tenants import accounts, jobs
from tenants.models import Tenant

JOB = "shopify_webhooks"
PROVIDER = "shopify"
# A suspended merchant's are kept for when it is back; of a half-made one there is no schema yet.
LISTENING = (Tenant.State.READY, Tenant.State.SUSPENDED)
# Shopify signs with the former secret for up to an hour, and repeats for four.
FORMER = timedelta(days=1)
AHEAD = timedelta(hours=1)  # a clock further ahead than this is not believed


@dataclass(frozen=True)
class Incoming:
    """A request as it came: its headers in lower case, its body untouched."""

    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str, *, most: int = 100) -> str:
        return self.headers.get(f"x-shopify-{name}", "")[:most]


def accept(incoming: Incoming, *, host: Tenant | None, at: datetime) -> bool:
    """Keep a webhook of a shop of ours; False when nobody's secret signed it.

    `host`: the merchant at whose address it came in, None on the bare domain. Another merchant's
    shop is unknown there.
    """
    domain, mark = incoming.header("shop-domain").lower(), incoming.header("hmac-sha256")
    if not DOMAIN.fullmatch(domain) or not mark:
        return False
    for tenant in accounts.holders(provider=PROVIDER, key=domain):
        if (host is not None and host.pk != tenant.pk) or tenant.state not in LISTENING:
            continue
        with tenant_context(tenant):
            store = ShopifyStore.objects.filter(domain=domain).first()
            if store is not None and is_signed(incoming.body, mark=mark, store=store, at=at):
                _keep(incoming, store=store, at=at)
                return True
    return False


def is_signed(body: bytes, *, mark: str, store: ShopifyStore, at: datetime) -> bool:
    """Say whether the app of `store` signed `body`, with its secret or, for a day, the former."""
    secrets, signed = [store.client_secret], False
    if store.state_at is None or at - store.state_at < FORMER:  # when the secret was changed
        secrets.append(store.former_client_secret)
    for secret in filter(None, secrets):
        digest = hmac.digest(secret.encode(), body, hashlib.sha256)
        expected = base64.b64encode(digest)
        signed |= hmac.compare_digest(expected, mark.encode("utf-8", "replace"))
    return signed


def _keep(incoming: Incoming, *, store: ShopifyStore, at: datetime) -> None:
    """Write the row, once by the platform's id, and ring the bell, for a repeated one too."""
    digest = hashlib.sha256(incoming.body).hexdigest()[:40]
    topic = incoming.header("topic", most=64)
    row = ShopifyDelivery(
        store=store,
        webhook_id=incoming.header("webhook-id") or f"{topic}:{digest}",
        event_id=incoming.header("event-id"),
        topic=key_of(topic),
        api_version=incoming.header("api-version", most=16),
        body=incoming.body,
        size=len(incoming.body),
        triggered_at=_moment(incoming.header("triggered-at"), at=at),
        received_at=at,
    )
    ShopifyDelivery.objects.bulk_create([row], ignore_conflicts=True)
    jobs.wake(JOB)


def _moment(text: str, *, at: datetime) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    if found is None:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found if found <= at + AHEAD else None
