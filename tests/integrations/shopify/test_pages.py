"""The integrations pages: who sees what, what is shown, and the way to Shopify and back."""

import hashlib
import hmac
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from integrations.models import ShopifyMirror, ShopifyStore, SkippedRecord

SHOPIFY = "/admin/integrations/shopify/"
APP = {"client_id": "sandbox-app", "client_secret": "sandbox-app-secret"}


def page_of(store) -> str:
    return f"{SHOPIFY}{store.pk}/"


def test_the_overview_offers_shopify_to_owners_and_shows_it_to_everybody(owner, member):
    told = owner.get("/admin/integrations/").content.decode()
    assert "Shopify" in told
    assert f'href="{SHOPIFY}"' in told

    seen = member("viewer").get("/admin/integrations/").content.decode()
    assert "Not connected" in seen
    assert f'href="{SHOPIFY}"' not in seen


def test_a_store_is_connected_through_the_form_and_its_token_never_shown(owner, at_sandbox):
    answer = owner.post(SHOPIFY, {"domain": at_sandbox.domain, "kind": "static",
                                  "access_token": at_sandbox.token}, follow=True)  # fmt: skip

    store = ShopifyStore.objects.get()
    told = answer.content.decode()
    assert answer.redirect_chain[-1][0] == page_of(store)
    assert "Fernhollow Organics is connected" in told
    assert at_sandbox.token not in told
    assert at_sandbox.token not in owner.get(SHOPIFY).content.decode()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"domain": "evil.com", "kind": "static", "access_token": "x"}, "myshopify.com"),
        ({"kind": "static"}, "This is needed"),
        ({"kind": "static", "access_token": "wrong"}, "does not accept"),
        ({"kind": "client", "client_id": "a"}, "This is needed"),
    ],
)
def test_what_does_not_work_is_said_and_nothing_kept(owner, at_sandbox, told, words):
    answer = owner.post(SHOPIFY, {"domain": at_sandbox.domain} | told)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ShopifyStore.objects.exists()


def test_the_stores_page_says_how_far_the_mirror_is(owner, loaded):
    ShopifyMirror.objects.filter(resource="orders").update(
        shop_count=1500, mirror_count=1488, counted_at="2026-06-18T12:00Z"
    )
    SkippedRecord.objects.create(
        source=loaded.source, resource="orders", external_id="99", reason="has no date",
        first_seen_at="2026-06-18T12:00Z", last_seen_at="2026-06-18T12:00Z",
    )  # fmt: skip

    told = owner.get(page_of(loaded)).content.decode()

    assert "1,500" in told
    assert "12 missing" in told
    assert "has no date" in told
    assert "Load a Shopify store" in told


def test_a_missing_scope_says_what_breaks(owner, store):
    ShopifyStore.objects.update(scopes=["read_customers", "read_orders", "read_products"])

    told = owner.get(page_of(store)).content.decode()

    assert "read_all_orders" in told
    assert "Only orders of the last 60 days are read" in told


def test_a_store_that_shuts_us_out_asks_to_be_reconnected(owner, store):
    ShopifyStore.objects.update(state="reconnect", state_note="Shopify has locked the store.")

    told = owner.get(page_of(store)).content.decode()

    assert "Shopify has locked the store." in told
    assert "Reconnect" in told


def test_a_viewer_looks_and_does_not_act(member, store):
    viewer = member("viewer")

    assert viewer.get(page_of(store)).status_code == 200
    assert viewer.post(page_of(store), {"do": "disconnect"}).status_code == 403
    assert viewer.get(SHOPIFY).status_code == 403
    assert ShopifyStore.objects.get().is_connected


def test_disconnecting_by_its_button(owner, store):
    answer = owner.post(page_of(store), {"do": "disconnect"}, follow=True)

    assert "is disconnected" in answer.content.decode()
    assert ShopifyStore.objects.get().state == "disconnected"


def test_a_stores_page_costs_the_same_however_much_it_holds(
    owner, loaded, django_assert_max_num_queries
):
    owner.get(page_of(loaded))
    with django_assert_max_num_queries(40):
        owner.get(page_of(loaded))


def begin(owner, shopify):
    """Begin an installation; return the store and what the browser carries to Shopify."""
    owner.post(SHOPIFY, {"domain": shopify.domain, "kind": "install", **APP})
    store = ShopifyStore.objects.get()
    away = owner.get(f"{page_of(store)}install/")
    return store, {
        key: values[0] for key, values in parse_qs(urlsplit(away["Location"]).query).items()
    }


def come_back(shopify, asked, *, secret="sandbox-app-secret", **changes) -> str:
    """Return the address that Shopify sends the browser back to."""
    app = shopify.sandbox.app
    code = shopify.sandbox.access.give_code(app, shop=shopify.domain, scopes=app.scopes)
    told = {"code": code, "shop": shopify.domain, "state": asked["state"],
            "timestamp": "1781784000", "host": "YWRtaW4"} | changes  # fmt: skip
    message = "&".join(f"{key}={told[key]}" for key in sorted(told))
    told["hmac"] = hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
    return f"{reverse('admin:shopify_callback')}?{urlencode(told)}"


def test_an_app_is_installed_on_the_way_to_shopify_and_back(owner, at_sandbox):
    store, asked = begin(owner, at_sandbox)

    answer = owner.get(come_back(at_sandbox, asked), follow=True)

    store.refresh_from_db()
    assert asked["client_id"] == "sandbox-app"
    assert "read_all_orders" in asked["scope"]
    assert (store.state, store.auth) == ("connected", "expiring")
    assert "is connected" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "secret", "words"),
    [
        ({"shop": "other.myshopify.com"}, "sandbox-app-secret", "another store"),
        ({}, "wrong", "not signed"),
        ({"state": "made-up"}, "sandbox-app-secret", "not valid any more"),
    ],
)
def test_a_way_back_that_is_not_shopifys_is_refused(owner, at_sandbox, changes, secret, words):
    store, asked = begin(owner, at_sandbox)

    answer = owner.get(come_back(at_sandbox, asked, secret=secret, **changes), follow=True)

    store.refresh_from_db()
    assert words in answer.content.decode()
    assert (store.state, store.access_token) == ("new", "")


def test_a_way_back_is_good_once_and_in_one_browser(owner, at_sandbox):
    _, asked = begin(owner, at_sandbox)
    url = come_back(at_sandbox, asked)

    stranger = Client(headers={"host": "acme.localhost"})
    assert stranger.get(url).status_code == 302  # to sign in
    owner.get(url)
    again = owner.get(come_back(at_sandbox, asked), follow=True)

    assert "not begun in this browser" in again.content.decode()


def test_the_bare_domain_sends_the_browser_on_to_the_merchants_own(owner, at_sandbox):
    _, asked = begin(owner, at_sandbox)
    outside = Client(headers={"host": "localhost"})

    answer = outside.get(f"/integrations/shopify/callback/?state={asked['state']}&code=1&shop=x")
    refused = outside.get("/integrations/shopify/callback/?state=made-up")

    assert answer["Location"].startswith("http://acme.localhost")
    assert "/admin/integrations/shopify/callback/?state=" in answer["Location"]
    assert refused.status_code == 400


def test_the_stranger_finds_no_store_of_ours(other_tenant, store, at_sandbox):
    from django.contrib.auth.models import User
    from django.db import connection

    from tests.conftest import sign_in

    connection.set_tenant(other_tenant)
    boss = sign_in(other_tenant, User.objects.create_superuser("boss", "boss@globex.test"))

    assert boss.get(page_of(store)).status_code == 404
    assert "Fernhollow" not in boss.get("/admin/integrations/").content.decode()
    taken = boss.post(SHOPIFY, {"domain": at_sandbox.domain, "kind": "static",
                                "access_token": at_sandbox.token})  # fmt: skip
    assert "another merchant" in taken.content.decode()
