"""Who a shop says it is, and what it lets this app read: one question, on connecting and hourly."""

from dataclasses import dataclass
from typing import Any

from integrations.shopify.bucket import Bucket
from integrations.shopify.client import ShopifyClient
from tenants.schema import connection


@dataclass(frozen=True)
class Shop:
    """What a shop told about itself."""

    shop_id: str
    name: str
    domain: str
    currency: str
    timezone: str
    plan: str
    scopes: tuple[str, ...]
    version: str


class FixedToken:
    """A token that is tried before it is kept."""

    def __init__(self, token: str) -> None:
        self._token = token

    def current(self) -> str:
        return self._token

    def renewed(self, refused: str) -> str | None:
        return None


def probe(domain: str, *, token: str) -> Shop:
    """Ask a shop who it is with a token that is not kept yet; raise a PlatformError."""
    bucket = Bucket(f"{connection.schema_name}:shopify:{domain}", leaves=0)
    with ShopifyClient(domain=domain, token=FixedToken(token), bucket=bucket) as client:
        return ask(client)


def ask(client: ShopifyClient) -> Shop:
    """Ask the shop of `client` who it is; raise a PlatformError."""
    reply = client.ask("shop")
    told: dict[str, Any] = reply.data["shop"]
    granted = reply.data["currentAppInstallation"]["accessScopes"]
    return Shop(
        shop_id=str(told["id"])[:64],
        name=str(told["name"])[:200],
        domain=str(told["myshopifyDomain"]).lower(),
        currency=str(told["currencyCode"])[:3],
        timezone=str(told["ianaTimezone"])[:63],
        plan=str(told["plan"]["publicDisplayName"])[:100],
        scopes=tuple(sorted(str(scope["handle"])[:64] for scope in granted)),
        version=reply.version[:16],
    )
