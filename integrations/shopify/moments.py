"""Who joins in when a store is connected or left: its webhooks, its segments."""

from collections.abc import Callable
from dataclasses import dataclass

from integrations.models import ShopifyStore
from tenants.registry import Registry


@dataclass(frozen=True)
class Follower:
    """Both are called inside the transaction: they queue work, they ask no shop anything."""

    key: str
    label: str
    connected: Callable[[ShopifyStore], None]
    left: Callable[[ShopifyStore], None]


FOLLOWERS: Registry[Follower] = Registry("follower of stores")


def tell_connected(store: ShopifyStore) -> None:
    """Tell every follower that the store is connected (again)."""
    for follower in FOLLOWERS:
        follower.connected(store)


def tell_left(store: ShopifyStore) -> None:
    """Tell every follower that the store is not connected any more."""
    for follower in FOLLOWERS:
        follower.left(store)
