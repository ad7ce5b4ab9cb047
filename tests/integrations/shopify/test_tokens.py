"""Tokens that run out: renewed once however many workers meet it, kept before they are used."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from integrations.errors import ReconnectNeeded, TryLater
from integrations.models import ShopifyStore
from integrations.shopify import connecting, grants
from integrations.shopify.credentials import client_for
from tests.integrations.shopify.connected import connect

APP = {"client_id": "sandbox-app", "client_secret": "sandbox-app-secret"}


def installed(shopify) -> ShopifyStore:
    """Return a store whose app was installed: an hour's token and one to renew it."""
    store = connecting.prepare_install(shopify.domain, connecting.Offered("install", **APP))
    sandbox = shopify.sandbox
    code = sandbox.access.give_code(sandbox.app, shop=shopify.domain, scopes=sandbox.app.scopes)
    return connecting.finish_install(store, code=code, by=None, at=datetime.now(UTC))


def expire(store) -> None:
    ShopifyStore.objects.filter(pk=store.pk).update(
        token_expires_at=datetime.now(UTC) - timedelta(seconds=1)
    )
    store.refresh_from_db()


def test_an_installation_brings_an_hours_token_and_one_to_renew_it(tenant, at_sandbox):
    store = installed(at_sandbox)

    assert (store.auth, store.state) == ("expiring", "connected")
    assert store.refresh_token
    assert store.token_expires_at < datetime.now(UTC) + timedelta(hours=1, minutes=1)


def test_a_token_that_runs_out_is_renewed_before_it_is_used(tenant, at_sandbox):
    store = installed(at_sandbox)
    old = store.access_token
    expire(store)

    with client_for(store) as client:
        client.ask("shop")

    store.refresh_from_db()
    assert store.access_token != old
    assert store.token_expires_at > datetime.now(UTC) + timedelta(minutes=50)


def test_a_token_refused_in_the_middle_is_renewed_once_and_asked_again(tenant, at_sandbox):
    store = installed(at_sandbox)
    at_sandbox.sandbox.access.revoke(store.access_token)

    with client_for(store) as client:
        assert client.ask("shop").data["shop"]["name"]


def test_an_answer_that_is_lost_costs_only_another_try(tenant, at_sandbox):
    store = installed(at_sandbox)
    expire(store)
    at_sandbox.sandbox.faults.add("reset", where="token", is_late=True)

    with client_for(store) as client, pytest.raises(TryLater):
        client.ask("shop")
    with client_for(store) as client:
        assert client.ask("shop").data["shop"]["name"]


def test_a_refresh_token_that_is_over_asks_for_reconnecting(tenant, at_sandbox):
    store = installed(at_sandbox)
    ShopifyStore.objects.update(refresh_token="none")
    expire(store)

    with client_for(store) as client, pytest.raises(ReconnectNeeded, match="Reconnect the store"):
        client.ask("shop")


def test_twenty_workers_renew_a_token_once(committed_tenant, at_sandbox, monkeypatch):
    store = installed(at_sandbox)
    expire(store)
    renewals = []
    asked = grants.by_refresh
    monkeypatch.setattr(
        grants, "by_refresh", lambda *args, **told: renewals.append(1) or asked(*args, **told)
    )

    def work(_):
        connection.set_tenant(committed_tenant)
        try:
            mine = ShopifyStore.objects.get(pk=store.pk)
            with client_for(mine, leaves=0) as client:
                return client.token.current()
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        tokens = set(pool.map(work, range(20)))

    assert len(renewals) == 1
    assert len(tokens) == 1


def test_no_token_stands_in_any_log(tenant, at_sandbox, caplog):
    caplog.set_level("DEBUG")
    store = connect(at_sandbox, auth="client", **APP)
    at_sandbox.sandbox.faults.add("status", status=500)
    with client_for(store) as client, pytest.raises(TryLater):
        client.ask("shop")
    with client_for(store) as client:
        client.ask("shop")

    told = caplog.text
    assert "request sandbox-" in told
    for secret in (store.access_token, "sandbox-app-secret", "X-Shopify-Access-Token"):
        assert secret not in told
