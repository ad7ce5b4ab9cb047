"""The way to Shopify and back: the merchant allows the app there, the code is exchanged here."""

import hmac

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from integrations.admin.shopify_page import CONNECT
from integrations.errors import PlatformError
from integrations.models import ShopifyStore
from integrations.shopify import connecting, oauth
from integrations.shopify.oauth import SESSION_KEY, InstallRefused
from tenants.addresses import merchant_url
from tenants.pages import Page, register
from tenants.schema import connection


@require_GET
def install(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the merchant to Shopify, where they allow the app."""
    store = get_object_or_404(ShopifyStore, pk=pk)
    if not (store.client_id and store.client_secret):
        raise Http404
    state = oauth.new_state(schema=connection.schema_name, store=store.pk)
    request.session[SESSION_KEY] = state.nonce
    back_to = merchant_url(reverse("admin:shopify_callback"))
    return redirect(
        oauth.install_url(store.domain, client_id=store.client_id, state=state, back_to=back_to)
    )


@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Take the merchant back: believe Shopify's signature and our own state, then connect."""
    nonce = str(request.session.pop(SESSION_KEY, ""))
    try:
        store = _believed(request, nonce=nonce)
        connecting.finish_install(
            store, code=request.GET["code"], by=request.user, at=timezone.now()
        )
    except (InstallRefused, PlatformError, ValidationError) as error:
        words = error.messages[0] if isinstance(error, ValidationError) else str(error)
        messages.error(request, words)
        return redirect("admin:shopify")
    messages.success(request, f"{store} is connected. Its customers and orders are on the way.")
    return redirect("admin:shopify_store", store.pk)


def _believed(request: HttpRequest, *, nonce: str) -> ShopifyStore:
    """Return the store that was installed; raise InstallRefused."""
    query = {name: request.GET.getlist(name) for name in request.GET}
    state = oauth.read_state(request.GET.get("state", ""))
    if state.schema != connection.schema_name or not hmac.compare_digest(
        state.nonce.encode(), nonce.encode()
    ):
        raise InstallRefused(
            "This way back from Shopify was not begun in this browser. Begin with “Install” again."
        )
    store = ShopifyStore.objects.filter(pk=state.store).first()
    if store is None or request.GET.get("shop", "") != store.domain:
        raise InstallRefused("Shopify came back with another store. Begin with “Install” again.")
    if not oauth.is_signed(query, secret=store.client_secret) or not request.GET.get("code"):
        raise InstallRefused(
            "The way back was not signed with this app’s secret. Check the client secret."
        )
    return store


register(
    Page("shopify_install", "Install", "integrations/shopify/<int:pk>/install/", install, CONNECT)
)
register(
    Page("shopify_callback", "Back from Shopify", "integrations/shopify/callback/",
         callback, CONNECT)
)  # fmt: skip
