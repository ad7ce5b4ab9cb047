"""An account's client, from the row that holds its key."""

from integrations.errors import ReconnectNeeded
from integrations.klaviyo.buckets import Buckets
from integrations.klaviyo.client import Clock, KlaviyoClient
from integrations.models import KlaviyoAccount
from tenants.schema import connection


def buckets_of(account_id: str) -> Buckets:
    """Return the limits of an account: all workers, and all its lists, share them."""
    return Buckets(f"{connection.schema_name}:klaviyo:{account_id or 'new'}")


def open_client(account: KlaviyoAccount, *, clock: Clock | None = None) -> KlaviyoClient:
    """Return the account's client; raise ReconnectNeeded without a key that is let in."""
    if not account.key or not account.is_connected:
        raise ReconnectNeeded("Klaviyo is not connected. Paste a key on the Klaviyo page.")
    return KlaviyoClient(key=account.key, buckets=buckets_of(account.account_id), clock=clock)


def account_here() -> KlaviyoAccount | None:
    """Return the merchant's account, if there is one."""
    return KlaviyoAccount.objects.order_by("-id").first()
