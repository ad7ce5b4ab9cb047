"""What the integrations page shows of Shopify."""

from django.urls import reverse

from integrations.connector import Account, Connector, register
from integrations.models import ShopifyMirror, ShopifyStore

TONES = {
    ShopifyStore.State.CONNECTED: "good",
    ShopifyStore.State.RECONNECT: "bad",
    ShopifyStore.State.NEW: "warn",
    ShopifyStore.State.DISCONNECTED: "quiet",
}


def tone_of(store: ShopifyStore) -> str:
    """Return how alarming the store's state is."""
    return TONES[ShopifyStore.State(store.state)]


def accounts() -> list[Account]:
    """Return the merchant's stores."""
    synced = {
        mirror.store_id: mirror.swept_at or mirror.loaded_at
        for mirror in ShopifyMirror.objects.filter(resource=ShopifyMirror.Resource.ORDERS)
    }
    return [
        Account(
            label=str(store),
            state=store.get_state_display(),
            tone=tone_of(store),
            note=store.state_note or store.domain,
            synced_at=synced.get(store.pk),
            url=reverse("admin:shopify_store", args=[store.pk]),
        )
        for store in ShopifyStore.objects.all()
    ]


register(
    Connector(
        key="shopify",
        label="Shopify",
        about="Customers, orders, consents and Shopify’s own segments come in. "
        "Nothing in your store is changed.",
        icon="storefront",
        page="shopify",
        permission="access.manage_keys",
        accounts=accounts,
    )
)
