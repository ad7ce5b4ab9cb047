"""Shopify's rules on privacy: three compliance topics, and what goes when an app is taken off."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from commerce.erasure import prints, requests, shops
from commerce.models import Customer, CustomerIdentity, PrivacyRequest
from commerce.text import fold
from integrations.errors import ReconnectNeeded
from integrations.models import (
    ShopifyLoad,
    ShopifyMirror,
    ShopifySegment,
    ShopifyStore,
    SkippedRecord,
)
from integrations.shopify import connecting, moments
from integrations.shopify.credentials import client_for
from integrations.shopify.webhooks.understanding import NotUnderstood, Said
from segments.models import Segment
from tenants import retention

GRACE = timedelta(hours=48)  # between the app being taken off and the shop's data going
Kind = PrivacyRequest.Kind


def heed(topic: str, said: Said, *, store: ShopifyStore, at: datetime) -> None:
    """Write down what a compliance message asks for; raise NotUnderstood, PlatformError.

    Only the body is signed, not the topic: each kind of message has to be built as its kind is, and
    to name this shop.
    """
    body = said.body
    if body.get("shop_domain") != store.domain:
        raise NotUnderstood("The message names another shop.")
    if topic == "SHOP_REDACT":
        if "customer" in body:
            raise NotUnderstood("The message is not built as its topic is.")
        _redact_shop(store, at=at)
        return
    marker = "data_request" if topic == "CUSTOMERS_DATA_REQUEST" else "orders_to_redact"
    if marker not in body or not isinstance(body.get("customer"), dict):
        raise NotUnderstood("The message is not built as its topic is.")
    known, email = _named(body["customer"])
    if marker == "data_request":
        _hand_out(store, known, email, asked=body[marker], at=at)
    else:
        _erase(store, known, email, at=at)


def _named(customer: dict[str, Any]) -> tuple[str, str]:
    """Return the customer's number at the shop, if it is one, and their folded address."""
    known = str(customer.get("id") or "")
    return known if known.isdecimal() else "", fold(str(customer.get("email") or ""))


def _hand_out(store: ShopifyStore, known: str, email: str, *, asked: Any, at: datetime) -> None:
    number = str(asked.get("id", "")) if isinstance(asked, dict) else ""
    customer = _customer(store, known, email)
    requests.ask(
        Kind.EXPORT,
        customer=customer,
        at=at,
        source=store.source,
        reference=f"data_request:{number[:40] or prints.id_print(store.source, known)[:40]}",
    )


def _erase(store: ShopifyStore, known: str, email: str, *, at: datetime) -> None:
    """Ask for the erasure once; the reference is a print, for the id would name them."""
    if not known and not email:
        raise NotUnderstood("The message names no customer.")
    mark = prints.id_print(store.source, known) if known else prints.email_print(email)
    customer = _customer(store, known, email)
    # At once: the account may be gone before the erasure is done, and with it what to print.
    prints.write(
        [(store.source, known)] if known else [],
        [email] if email else [],
        at=at,
        besides=[customer] if customer else [],
    )
    requests.ask(
        Kind.ERASURE, customer=customer, at=at, source=store.source, reference=f"redact:{mark[:40]}"
    )


def _customer(store: ShopifyStore, known: str, email: str) -> int | None:
    """Return whom the message means: by the shop's number, else by an address one customer has."""
    if known:
        row = CustomerIdentity.objects.filter(source=store.source, external_id=known).first()
        if row is not None:
            return row.customer_id
    if not email:
        return None
    found = Customer.objects.filter(email_key=email, merged_into=None, erased_at=None)
    ids = list(found.filter(identities__source=store.source).distinct().values_list("pk")[:2])
    return ids[0][0] if len(ids) == 1 else None


def _redact_shop(store: ShopifyStore, *, at: datetime) -> None:
    """Forget the shop now, unless it is connected and answers us, which is noted too."""
    if store.is_connected and _answers(store):
        requests.ask_shop(store.source, not_before=at + GRACE, at=at)
        requests.call_off_shop(store.source, at=at)
        return
    _leave(store, at=at)
    requests.ask_shop(store.source, not_before=at, at=at)


def uninstalled(store: ShopifyStore, *, at: datetime) -> None:
    """Mark the store as left when it does not let us in any more; its data goes in two days.

    Whoever sends an old message on finds that the shop still answers: nothing happens.
    """
    if store.is_connected and _answers(store):
        return
    _leave(store, at=at)
    requests.ask_shop(store.source, not_before=at + GRACE, at=at)


def _answers(store: ShopifyStore) -> bool:
    """Say whether the shop lets us in; raise TryLater when that cannot be told."""
    try:
        with client_for(store) as client:
            client.ask("shop")
    except ReconnectNeeded:
        return False
    return True


def _leave(store: ShopifyStore, *, at: datetime) -> None:
    with transaction.atomic():
        if store.state != ShopifyStore.State.DISCONNECTED:
            connecting.disconnect(store, by=None, at=at)
        store.uninstalled_at = store.uninstalled_at or at
        store.state_note = "The app was taken off in Shopify."
        store.save(update_fields=["uninstalled_at", "state_note"])


def is_back(source: str) -> bool:
    """Say whether the shop of this source is connected."""
    store = ShopifyStore.objects.filter(source=source).first()
    return store is not None and store.is_connected


def forget(source: str) -> dict[str, int]:
    """Delete what is kept of a shop beside the facts: messages, lists, places, secrets."""
    store = ShopifyStore.objects.filter(source=source).first()
    if store is None:
        return {}
    with transaction.atomic():
        counts = {"messages": retention.delete_rows(store.deliveries.all())}
        mirrored = ShopifySegment.objects.filter(store=store)
        rows = Segment.objects.filter(pk__in=mirrored.values("pk"))
        counts["shopify_segments"] = rows.update(
            state=Segment.State.ARCHIVED, state_reason="The store took the app off."
        )
        mirrored.update(query="", name="", shop_count=None, unknown_count=None)
        for model in (ShopifyLoad, ShopifyMirror):
            model.objects.filter(store=store).delete()
        SkippedRecord.objects.filter(source=source).delete()
        store.access_token = store.refresh_token = ""
        store.client_secret = store.former_client_secret = ""
        store.save()
    return counts


def _connected(store: ShopifyStore) -> None:
    requests.call_off_shop(store.source, at=timezone.now())


def _left(store: ShopifyStore) -> None:
    """Leave it: a merchant who disconnects keeps what was mirrored."""


moments.FOLLOWERS.register(moments.Follower("privacy", "Privacy", _connected, _left))
shops.PLATFORMS.register(shops.Platform("shopify", "Shopify", is_back, forget))
