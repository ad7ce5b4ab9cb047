"""The demo merchant's store is the sandbox, connected through the same door as any other."""

from datetime import UTC, datetime

from integrations.demo import shopify as demo
from integrations.models import ShopifyLoad, ShopifyStore
from integrations.sandbox.shopify.plan import DEMO
from tests.integrations.shopify.connected import at_sandbox
from tests.integrations.shopify.sandbox import Shopify, shopify

__all__ = ["at_sandbox", "shopify"]
NOW = datetime(2026, 6, 18, 12, tzinfo=UTC)


def test_the_demo_merchant_is_connected_once_and_its_load_waits(
    tenant, at_sandbox: Shopify, monkeypatch
):
    monkeypatch.setattr(demo, "SLUG", tenant.schema_name)

    told = [demo.connect_demo(at=NOW) for _ in range(2)]

    store = ShopifyStore.objects.get()
    assert told == ["", ""]
    assert (store.domain, store.state) == (DEMO.domain, "connected")
    assert sorted(ShopifyLoad.objects.values_list("resource", flat=True)) == ["customers", "orders"]


def test_without_a_sandbox_nothing_is_connected(tenant, settings, monkeypatch):
    settings.SHOPIFY_BASE_URL = ""
    monkeypatch.setattr(demo, "SLUG", tenant.schema_name)

    assert demo.connect_demo(at=NOW) == "No sandbox is served."
    assert not ShopifyStore.objects.exists()


def test_what_keeps_it_from_connecting_is_said(tenant, at_sandbox: Shopify, monkeypatch):
    monkeypatch.setattr(demo, "SLUG", tenant.schema_name)
    at_sandbox.sandbox.access.revoke(at_sandbox.token)

    told = demo.connect_demo(at=NOW)

    assert "token" in told
    assert not ShopifyStore.objects.exists()
