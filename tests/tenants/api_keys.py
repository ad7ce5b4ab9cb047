"""Keys and clients for tests of APIs."""

from django.test import Client

from tenants.access.models import ServiceKey
from tenants.access.service_keys import Terms, make_key


def new_key(*scopes: str, per_minute: int = 600, expires_at=None) -> tuple[ServiceKey, str]:
    """Make a key in the merchant where the connection stands; return it and its secret."""
    terms = Terms("Warehouse", scopes, per_minute=per_minute, expires_at=expires_at)
    return make_key(terms, by=None)


def client_of(secret: str, *, host: str = "acme.localhost") -> Client:
    """Return a client that sends the key, as a program would: without raising what happens."""
    headers = {"host": host, "authorization": f"Bearer {secret}"}
    return Client(headers=headers, raise_request_exception=False)


def api(*scopes: str) -> Client:
    """Return the client of a new key with these scopes."""
    return client_of(new_key(*scopes)[1])
