"""The doors of a connection: try and keep credentials, look again, disconnect, mark as shut out."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from commerce import attribute_kinds
from commerce.models import AttributeDefinition, DataSource
from integrations.errors import PlatformError, ReconnectNeeded
from integrations.models import ShopifyStore
from integrations.shopify import credentials, grants, identity, loads, mappers, moments
from integrations.shopify.address import NoShop, read_domain
from integrations.shopify.grants import Granted
from integrations.shopify.identity import Shop
from integrations.shopify.resources import RESOURCES, mirror_of
from integrations.shopify.scopes import missing
from tenants import accounts, audit
from tenants.jobs import merchant_here

PROVIDER = "shopify"
Auth, State = ShopifyStore.Auth, ShopifyStore.State
ATTRIBUTES = {
    mappers.RFM_GROUP: "Shopify's RFM group",
    mappers.SPEND_TIER: "Shopify's predicted spend",
}
LOOK_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class Offered:
    """What a merchant typed, or what an installation brought."""

    auth: str
    access_token: str = ""
    client_id: str = ""
    client_secret: str = ""
    granted: Granted | None = None


def connect(domain: str, offered: Offered, *, by: audit.Actor, at: datetime) -> ShopifyStore:
    """Try the credentials on the shop and keep them when they work; raise ValidationError."""
    domain = checked(domain)
    store = ShopifyStore.objects.filter(domain=domain).first() or new_store(domain)
    try:
        granted = offered.granted or _grant(domain, offered)
        shop = identity.probe(domain, token=granted.access_token)
    except PlatformError as error:
        raise ValidationError(error.words) from error
    _check(store, shop)
    with transaction.atomic():
        store.auth, store.client_id = offered.auth, offered.client_id
        _keep_secret(store, offered)
        store.save()
        credentials.keep(store, granted, at=at)
        _take_over(store, shop, at=at)
        store.state, store.state_note, store.state_at = State.CONNECTED, "", at
        store.connected_at, store.uninstalled_at = store.connected_at or at, None
        store.save()
        accounts.claim(merchant_here(), provider=PROVIDER, key=domain)
        _prepare(store)
        moments.tell_connected(store)
        audit.record(by, "connect", store, domain=domain, kind=store.auth)
    return store


def prepare_install(domain: str, offered: Offered) -> ShopifyStore:
    """Keep the app's id and secret until the merchant comes back from Shopify."""
    store = ShopifyStore.objects.filter(domain=domain).first() or new_store(domain)
    store.client_id = offered.client_id
    _keep_secret(store, offered)
    store.save()
    return store


def finish_install(
    store: ShopifyStore, *, code: str, by: audit.Actor, at: datetime
) -> ShopifyStore:
    """Exchange the code of an installation and connect; raise ValidationError or PlatformError."""
    known = {"client_id": store.client_id, "client_secret": store.client_secret}
    granted = grants.by_code(store.domain, **known, code=code)
    auth = Auth.EXPIRING if granted.refresh_token else Auth.STATIC
    return connect(store.domain, Offered(auth, **known, granted=granted), by=by, at=at)


def _keep_secret(store: ShopifyStore, offered: Offered) -> None:
    """Take over the client's secret; messages signed with the former one still hold."""
    if offered.client_secret and store.client_secret != offered.client_secret:
        store.former_client_secret = store.client_secret
        store.client_secret = offered.client_secret


def checked(typed: str) -> str:
    """Return the domain that was typed; raise ValidationError in words."""
    try:
        return read_domain(typed)
    except NoShop as error:
        raise ValidationError(str(error)) from None


def new_store(domain: str) -> ShopifyStore:
    """Return a store that is not saved yet."""
    handle = domain.removesuffix(".myshopify.com")
    if len(handle) > 50:  # a source's key has 64 characters
        handle = f"{handle[:40]}-{hashlib.sha256(handle.encode()).hexdigest()[:8]}"
    return ShopifyStore(domain=domain, source=f"shopify:{handle}", name=domain)


def _grant(domain: str, offered: Offered) -> Granted:
    if offered.auth == Auth.STATIC:
        return Granted(offered.access_token, (), None)
    return grants.by_client(
        domain, client_id=offered.client_id, client_secret=offered.client_secret
    )


def _check(store: ShopifyStore, shop: Shop) -> None:
    """Refuse a shop that is another one than it was, or than was typed."""
    if shop.domain != store.domain:
        raise ValidationError(
            f"These credentials belong to {shop.domain}, not to {store.domain}. Nothing was kept."
        )
    if store.shop_id and store.shop_id != shop.shop_id:
        raise ValidationError(
            f"{store.domain} is another store now than the one that was mirrored. Nothing was kept."
        )
    lacking = {scope.key for scope in missing(shop.scopes)}
    if {"read_customers", "read_orders"} <= lacking:
        raise ValidationError(
            "The app may read neither customers nor orders. Give it read_customers, read_orders "
            "and read_products in Shopify, then try again."
        )


def _take_over(store: ShopifyStore, shop: Shop, *, at: datetime) -> None:
    store.shop_id, store.name, store.plan = shop.shop_id, shop.name, shop.plan
    store.currency, store.timezone = shop.currency, shop.timezone
    store.scopes, store.api_version, store.checked_at = list(shop.scopes), shop.version, at


def _prepare(store: ShopifyStore) -> None:
    """Make what the mirror stands on, and begin the first load of what was never loaded."""
    is_first = not DataSource.objects.filter(is_primary=True).exists()
    DataSource.objects.get_or_create(
        key=store.source, defaults={"label": f"Shopify: {store.handle}", "is_primary": is_first}
    )
    for key, label in ATTRIBUTES.items():
        if not AttributeDefinition.objects.filter(key=key).exists():
            definition = AttributeDefinition(key=key, label=label, kind="text")
            attribute_kinds.save(definition, has_new_kind=False)
    for resource in RESOURCES.values():
        if mirror_of(store, resource).loaded_at is None and resource.scope in store.scopes:
            loads.begin(store, resource)


def look(store: ShopifyStore, client: "credentials.ShopifyClient", *, at: datetime) -> None:
    """Read who the shop is again, at most hourly; raise a PlatformError."""
    if store.checked_at is not None and at - store.checked_at < LOOK_EVERY:
        return
    shop = identity.ask(client)
    if shop.shop_id != store.shop_id:
        raise ReconnectNeeded(
            f"{store.domain} is another store now than the one that was mirrored."
        )
    _take_over(store, shop, at=at)
    store.save(
        update_fields=[
            "name", "plan", "currency", "timezone", "scopes", "api_version", "checked_at",
        ]
    )  # fmt: skip


def disconnect(store: ShopifyStore, *, by: audit.Actor, at: datetime) -> None:
    """Forget the tokens and stop all work; what was mirrored stays.

    The client's secret is kept: Shopify still signs what it has to say about privacy with it.
    """
    with transaction.atomic():
        store.access_token = store.refresh_token = ""
        store.token_expires_at = store.refresh_expires_at = None
        store.state, store.state_note, store.state_at = State.DISCONNECTED, "", at
        store.save()
        loads.stop_all(store, at=at)
        accounts.release(merchant_here(), provider=PROVIDER, key=store.domain)
        moments.tell_left(store)
        audit.record(by, "disconnect", store, domain=store.domain)


@dataclass(frozen=True)
class Standing:
    """A store as work with it sees it: marked once when it is not let in any more."""

    store: ShopifyStore

    def reconnect_needed(self, words: str, *, at: datetime) -> None:
        """Mark the store, unless somebody did, or has disconnected it."""
        rows = ShopifyStore.objects.filter(pk=self.store.pk, state=State.CONNECTED)
        rows.update(state=State.RECONNECT, state_note=words, state_at=at)
