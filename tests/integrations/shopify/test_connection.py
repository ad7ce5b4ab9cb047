"""Connecting a store: every kind of credentials, what is kept, what is said when it fails."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from commerce.models import DataSource
from integrations.models import ShopifyLoad, ShopifyStore
from integrations.shopify import connecting
from integrations.shopify.connecting import Offered
from integrations.shopify.credentials import client_for
from tenants import accounts, jobs
from tenants.models import TenantJob
from tests.integrations.shopify.connected import connect

NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)
APP = {"client_id": "sandbox-app", "client_secret": "sandbox-app-secret"}


def scheduled(tenant) -> dict[str, bool]:
    with jobs.schema_context("public"):
        keys = [job.key for job in jobs.REGISTRY if job.account == "shopify"]
        rows = TenantJob.objects.filter(tenant=tenant, job__in=keys)
        return {row.job: row.next_run_at is not None for row in rows}


def test_a_static_token_is_tried_kept_and_shown_by_its_end(tenant, at_sandbox):
    store = connect(at_sandbox)

    assert (store.state, store.name, store.currency) == ("connected", "Fernhollow Organics", "USD")
    assert store.token_hint == "•••• oken"
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token FROM integrations_shopifystore")
        assert at_sandbox.token not in cursor.fetchone()[0]
    assert DataSource.objects.get().key == store.source == "shopify:strata-sandbox"
    assert {load.resource for load in ShopifyLoad.objects.all()} == {"customers", "orders"}


def test_a_wrong_token_is_refused_in_words_and_nothing_is_kept(tenant, at_sandbox):
    with pytest.raises(ValidationError, match="does not accept the store's token"):
        connect(at_sandbox, auth="static", access_token="shpat_wrong")

    assert not ShopifyStore.objects.exists()
    assert accounts.holders(provider="shopify", key=at_sandbox.domain) == []


def test_client_credentials_bring_a_token_for_a_day(tenant, at_sandbox):
    store = connect(at_sandbox, auth="client", **APP)

    assert store.is_connected
    assert store.token_expires_at > datetime.now(UTC) + timedelta(hours=23)
    with client_for(store) as client:
        assert client.ask("shop").data["shop"]["id"] == store.shop_id


def test_wrong_client_credentials_say_what_to_copy(tenant, at_sandbox):
    with pytest.raises(ValidationError, match="client id and secret"):
        connect(at_sandbox, auth="client", client_id="sandbox-app", client_secret="wrong")

    assert not ShopifyStore.objects.exists()


def test_nothing_is_scheduled_without_a_store(tenant, at_sandbox):
    from tenants.schedule import ensure_rows

    ensure_rows(tenant)
    assert not any(scheduled(tenant).values())

    store = connect(at_sandbox)
    assert scheduled(tenant)["shopify_sync"]
    assert scheduled(tenant)["shopify_check"]

    connecting.disconnect(store, by=None, at=NOW)
    assert not any(scheduled(tenant).values())


def test_disconnecting_forgets_the_token_and_keeps_what_was_brought(loaded):
    orders = DataSource.objects.count()

    connecting.disconnect(loaded, by=None, at=NOW)

    loaded.refresh_from_db()
    assert (loaded.state, loaded.access_token, loaded.token_hint) == ("disconnected", "", "")
    assert DataSource.objects.count() == orders


def test_a_store_of_another_merchant_is_not_taken(other_tenant, tenant, at_sandbox):
    accounts.claim(other_tenant, provider="shopify", key=at_sandbox.domain)

    with pytest.raises(ValidationError, match="another merchant"):
        connect(at_sandbox)

    assert not ShopifyStore.objects.exists()


def test_another_shop_behind_the_same_address_is_refused(store, at_sandbox):
    ShopifyStore.objects.update(shop_id="gid://shopify/Shop/1")

    with pytest.raises(ValidationError, match="another store now"):
        connect(at_sandbox)


def test_connecting_again_keeps_the_former_secret_for_messages_on_their_way(store, at_sandbox):
    connect(at_sandbox, auth="client", **APP)
    at_sandbox.sandbox.app.secret = "sandbox-new-secret"
    again = connect(at_sandbox, auth="client", client_id="sandbox-app",
                    client_secret="sandbox-new-secret")  # fmt: skip

    assert again.pk == store.pk
    assert (again.client_secret, again.former_client_secret) == (
        "sandbox-new-secret", "sandbox-app-secret",
    )  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    [
        "evil.com#.myshopify.com", "x.myshopify.com.evil.com", "a.myshopify.com\n.evil.com",
        "169.254.169.254", "http://a.myshopify.com", "a@b.myshopify.com", "-a.myshopify.com",
        "a.myshopify.com/x", "a_b.myshopify.com", "[::1]", "localhost:6379", "",
    ],
)  # fmt: skip
def test_only_a_shops_own_address_reaches_the_network(tenant, at_sandbox, typed):
    asked = at_sandbox.sandbox.calls

    with pytest.raises(ValidationError, match=r"myshopify\.com"):
        connecting.connect(typed, Offered("static", access_token="x"), by=None, at=NOW)

    assert at_sandbox.sandbox.calls == asked


@pytest.mark.parametrize(
    "typed",
    ["Strata-Sandbox", " strata-sandbox.myshopify.com ", "https://strata-sandbox.myshopify.com/",
     "https://admin.shopify.com/store/strata-sandbox/orders"],
)  # fmt: skip
def test_a_store_is_found_however_its_address_is_pasted(typed):
    assert connecting.checked(typed) == "strata-sandbox.myshopify.com"
