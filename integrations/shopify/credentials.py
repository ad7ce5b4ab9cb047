"""A store's token: as it stands, or renewed by one worker while the others wait for it.

Renewing holds a session lock of the database, not a transaction: none is open across a network
call. The new pair is committed before anybody uses it.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils import timezone

from integrations.errors import ReconnectNeeded
from integrations.models import ShopifyStore
from integrations.shopify import grants
from integrations.shopify.bucket import LEFT_TO_OTHERS, Bucket
from integrations.shopify.client import ShopifyClient
from integrations.shopify.grants import Granted
from tenants.schema import connection

Auth = ShopifyStore.Auth
EARLY = timedelta(minutes=5)  # before a token runs out it is renewed
_SECRETS = ("access_token", "token_expires_at", "refresh_token", "refresh_expires_at", "scopes")


def client_for(store: ShopifyStore, *, leaves: float = LEFT_TO_OTHERS) -> ShopifyClient:
    """Return a client of the store; `leaves`: share of its budget left to others."""
    name = f"{connection.schema_name}:shopify:{store.pk}"
    return ShopifyClient(
        domain=store.domain, token=StoreToken(store), bucket=Bucket(name, leaves=leaves)
    )


class StoreToken:
    """The client's token of one store."""

    def __init__(self, store: ShopifyStore) -> None:
        self.store = store

    def current(self) -> str:
        """Return the token, renewed when it runs out soon; raise ReconnectNeeded or TryLater."""
        store = self.store
        if store.auth == Auth.STATIC:
            if not store.access_token:
                raise ReconnectNeeded("The store has no token. Connect it again.")
            return store.access_token
        if not _is_fresh(store, at=timezone.now()):
            self._renew(refused=None)
        return store.access_token

    def renewed(self, refused: str) -> str | None:
        """Return another token than `refused`; None when the store's kind has no other."""
        if self.store.auth == Auth.STATIC:
            return None
        self._renew(refused=refused)
        return self.store.access_token

    def _renew(self, *, refused: str | None) -> None:
        """Renew the token, unless another worker has done so meanwhile."""
        store = self.store
        with _alone(store):
            store.refresh_from_db(fields=[*_SECRETS, "client_id", "client_secret"])
            is_other = refused is None or store.access_token != refused
            if is_other and _is_fresh(store, at=timezone.now()):
                return
            keep(store, _granted(store), at=timezone.now())


def keep(store: ShopifyStore, granted: Granted, *, at: datetime) -> None:
    """Write a token before it is used."""
    store.access_token = granted.access_token
    store.token_expires_at = _after(at, granted.seconds)
    if granted.refresh_token:
        store.refresh_token = granted.refresh_token
        store.refresh_expires_at = _after(at, granted.refresh_seconds)
    if granted.scopes:
        store.scopes = list(granted.scopes)
    store.save(update_fields=list(_SECRETS))


def _granted(store: ShopifyStore) -> Granted:
    known = {"client_id": store.client_id, "client_secret": store.client_secret}
    if store.auth == Auth.CLIENT:
        return grants.by_client(store.domain, **known)
    if not store.refresh_token:
        raise ReconnectNeeded("The app's access to the store has run out. Reconnect the store.")
    return grants.by_refresh(store.domain, **known, refresh_token=store.refresh_token)


def _is_fresh(store: ShopifyStore, *, at: datetime) -> bool:
    if not store.access_token:
        return False
    return store.token_expires_at is None or store.token_expires_at - EARLY > at


def _after(at: datetime, seconds: float | None) -> datetime | None:
    return None if seconds is None else at + timedelta(seconds=seconds)


@contextmanager
def _alone(store: ShopifyStore) -> Iterator[None]:
    """Let one worker at a time renew this store's token."""
    place = zlib.crc32(f"{connection.schema_name}:shopify:{store.pk}".encode()) - 2**31
    name = zlib.crc32(b"strata shopify token") - 2**31
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [name, place])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [name, place])
