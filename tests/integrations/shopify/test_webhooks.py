"""Webhooks in: who may send, once, in any order, and what becomes of messages nobody can read."""

import base64
import hashlib
import hmac
import json
import logging
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from commerce.models import Customer, CustomerIdentity, Order
from integrations.models import ShopifyDelivery, ShopifyHooks, ShopifyStore
from integrations.shopify.bucket import connection_to_redis
from integrations.shopify.webhooks import objects
from integrations.shopify.webhooks.jobs import HOOKS_JOB
from integrations.shopify.webhooks.topics import ASKED_FOR
from integrations.shopify.webhooks.understanding import NotUnderstood, understand
from tenants import jobs, retention, sending
from tenants.models import ExternalAccount, Run
from tests.integrations.shopify.hooked import post, work

State = ShopifyDelivery.State


@pytest.fixture
def changes(at_sandbox):
    return at_sandbox.sandbox.changes()


def first(shopify) -> str:
    """Return the id of the shop's first customer."""
    return next(shopify.shop.store.customers())["id"]


def signed(delivery, body: bytes, *, secret: str = "sandbox-app-secret", **headers: str):
    """Return a delivery with another body, signed."""
    mark = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    delivery.body = body
    delivery.headers |= {"X-Shopify-Hmac-Sha256": mark} | headers
    return delivery


def a_delivery(shopify, changes):
    """Return one delivery of the sandbox: somebody's tags changed."""
    changes.change_customer(first(shopify), tags=["vip"])
    return shopify.sandbox.webhooks.take()[0]


def test_a_signed_message_is_kept_and_worked_off(hooked, at_sandbox, changes, deliver):
    changes.change_customer(first(at_sandbox), tags=["vip"], firstName="Wilhelmina")

    statuses = deliver()

    assert set(statuses) == {200}
    assert work()["done"] == len(statuses)
    customer = Customer.objects.get()
    assert (customer.first_name, customer.tags) == ("Wilhelmina", ["vip"])
    assert set(ShopifyDelivery.objects.values_list("body", "state")) <= {
        (None, State.DONE),
        (None, State.OLDER),
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Shopify_Hmac_Sha256": "bm8="},
        {"X_Shopify_Hmac_Sha256": ""},
        {"X_Shopify_Shop_Domain": "nobody.myshopify.com"},
        {"X_Shopify_Shop_Domain": "strata-sandbox.myshopify.com.evil.test"},
        {"X_Shopify_Shop_Domain": ""},
    ],
)
def test_who_cannot_sign_learns_nothing(hooked, at_sandbox, changes, headers):
    response = post(a_delivery(at_sandbox, changes), **headers)

    assert (response.status_code, response.content) == (401, b"")
    assert not ShopifyDelivery.objects.exists()


def test_one_changed_byte_is_refused(hooked, at_sandbox, changes):
    delivery = a_delivery(at_sandbox, changes)
    delivery.body = delivery.body.replace(b"vip", b"vIp")

    assert post(delivery).status_code == 401
    assert not ShopifyDelivery.objects.exists()


def test_the_former_secret_is_good_too_for_a_day(hooked, at_sandbox, changes):
    app = at_sandbox.sandbox.app
    ShopifyStore.objects.update(client_secret=app.secret)
    at_sandbox.sandbox.webhooks.signs_with = "old"
    assert post(a_delivery(at_sandbox, changes)).status_code == 401

    hooked.former_client_secret = app.old_secret
    hooked.save()

    assert post(a_delivery(at_sandbox, changes)).status_code == 200
    ShopifyStore.objects.update(state_at=timezone.now() - timedelta(hours=25))
    assert post(a_delivery(at_sandbox, changes)).status_code == 401


def test_too_much_is_refused_before_it_is_read(hooked, at_sandbox, changes, monkeypatch):
    monkeypatch.setattr("integrations.shopify.webhooks.view.MOST_BYTES", 10)

    assert post(a_delivery(at_sandbox, changes)).status_code == 413


def test_on_a_neighbours_host_the_shop_is_unknown(hooked, at_sandbox, changes):
    delivery = a_delivery(at_sandbox, changes)

    assert post(delivery, host="globex.localhost").status_code == 401
    assert not ShopifyDelivery.objects.exists()
    assert post(delivery, host="acme.localhost").status_code == 200


def test_a_message_of_one_merchants_shop_says_nothing_in_anothers(
    hooked, tenant, other_tenant, at_sandbox, changes
):
    """Both use the same app, so the signature is good; the shop it names is not."""
    connection.set_tenant(other_tenant)
    theirs = ShopifyStore.objects.create(
        domain="globex-shop.myshopify.com",
        source="shopify:globex-shop",
        state="connected",
        client_secret=at_sandbox.sandbox.app.secret,
    )
    with jobs.schema_context("public"):
        ExternalAccount.objects.create(provider="shopify", key=theirs.domain, tenant=other_tenant)
    connection.set_tenant(tenant)
    changes.redact_customer(first(at_sandbox))
    (delivery,) = [
        each for each in at_sandbox.sandbox.webhooks.take() if each.topic == "customers/redact"
    ]

    response = post(delivery, X_Shopify_Shop_Domain=theirs.domain)

    assert response.status_code == 200
    assert not ShopifyDelivery.objects.exists()  # nothing of acme's
    connection.set_tenant(other_tenant)
    work()
    row = ShopifyDelivery.objects.get()
    assert (row.state, row.error) == (State.QUARANTINED, "The message names another shop.")
    connection.set_tenant(tenant)


def test_repeated_and_shuffled_messages_come_to_the_shops_own_state(
    hooked, at_sandbox, changes, deliver
):
    hooks = at_sandbox.sandbox.webhooks
    hooks.copies, hooks.is_shuffled = 2, True
    person = first(at_sandbox)
    for number in range(5):
        at_sandbox.clock.advance(60)
        changes.change_customer(person, firstName=f"Name {number}")
    order = changes.add_order(person)
    changes.refund_order(order["id"], cents=500)

    statuses = deliver()
    work()

    assert set(statuses) == {200}
    assert ShopifyDelivery.objects.count() == len(statuses) / 2  # once by the platform's id
    assert Customer.objects.get().first_name == "Name 4"
    assert Order.objects.get(external_id=order["legacyResourceId"]).refunded_total == 5


def test_an_old_message_changes_nothing_and_asks_nothing(hooked, at_sandbox, changes):
    delivery = a_delivery(at_sandbox, changes)
    at_sandbox.clock.advance(60)
    post(a_delivery(at_sandbox, changes))
    work()
    calls = at_sandbox.sandbox.calls

    post(delivery, X_Shopify_Webhook_Id="replayed-a-month-later")
    work()

    assert at_sandbox.sandbox.calls == calls
    assert list(ShopifyDelivery.objects.order_by("id").values_list("state", flat=True))[-1] == (
        State.OLDER
    )


def test_who_is_deleted_goes(hooked, at_sandbox, changes, deliver):
    person = changes.add_customer(email="gone@example.test")
    deliver()
    work()
    assert CustomerIdentity.objects.count() == 1

    changes.delete_customer(person["id"])
    deliver()
    work()

    assert not CustomerIdentity.objects.exists()


@pytest.mark.parametrize(
    ("topic", "body", "words"),
    [
        ("customers/update", b"{", "The message is no JSON."),
        ("customers/update", b"[1]", "The message is not built as expected."),
        ("customers/update", b'{"id": true}', "The message names no customer."),
        ("orders/updated", b'{"id": "x"}', "The message names no order."),
        ("customer.joined_segment", b'{"customer_id": 1}', "no customer or no segment"),
        ("products/update", b'{"id": 1}', "We do not listen to this topic."),
        ("customers/update", b"[" * 100_000, "The message is no JSON."),
        ("shop/redact", b'{"shop_domain": "else.myshopify.com"}', "names another shop"),
        ("customers/redact", b'{"shop_domain": "strata-sandbox.myshopify.com", "data_request":'
         b' {"id": 1}, "customer": {"id": 1}}', "not built as its topic is"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_set_aside_and_the_rest_done(
    hooked, at_sandbox, changes, deliver, topic, body, words
):
    poison = signed(
        a_delivery(at_sandbox, changes), body, X_Shopify_Topic=topic, X_Shopify_Webhook_Id="bad"
    )
    poison.headers |= {"X-Shopify-Topic": topic, "X-Shopify-Webhook-Id": "bad"}
    assert post(poison).status_code == 200
    changes.change_customer(first(at_sandbox), tags=["after"])
    deliver()

    counts = work()

    bad = ShopifyDelivery.objects.get(webhook_id="bad")
    assert (bad.state, counts["set_aside"]) == (State.QUARANTINED, 1)
    assert words in bad.error
    assert bytes(bad.body) == body  # kept, to be tried again
    assert Customer.objects.get().tags == ["after"]


def test_a_message_that_breaks_us_is_found_by_halves(
    hooked, at_sandbox, changes, deliver, monkeypatch
):
    people = [each["id"] for each in list(at_sandbox.shop.store.customers())[:4]]
    for person in people:
        changes.change_customer(person, tags=["x"])
    deliver()
    ShopifyDelivery.objects.exclude(topic="CUSTOMERS_UPDATE").delete()
    real, bad = objects.read_again, people[2].rpartition("/")[2]

    def broken(client, store, resource, ids, **values):
        if bad in ids:
            raise ValueError("kaboom@example.test")
        real(client, store, resource, ids, **values)

    monkeypatch.setattr(objects, "read_again", broken)
    for _ in range(3):
        ShopifyDelivery.objects.update(not_before=None)
        work()

    assert Customer.objects.count() == 3
    row = ShopifyDelivery.objects.get(state=State.QUARANTINED)
    assert row.subject == f"customers:{bad}"
    assert row.error == "Something went wrong while working it off (ValueError)."


@pytest.mark.parametrize("fault", [{"kind": "throttled"}, {"kind": "status"}, {"kind": "cut"}])
def test_an_outage_puts_messages_off_and_loses_none(hooked, at_sandbox, changes, deliver, fault):
    changes.change_customer(first(at_sandbox), tags=["late"])
    deliver()
    at_sandbox.sandbox.faults.add(count=3, **fault)

    assert work() is None

    waiting = ShopifyDelivery.objects.filter(state=State.WAITING)
    assert waiting.exists()
    assert all(row.not_before > timezone.now() and row.attempts == 0 for row in waiting)
    at_sandbox.sandbox.faults.clear()
    at_sandbox.clock.advance(600)
    waiting.update(not_before=None)
    redis = connection_to_redis()
    for key in redis.scan_iter("*:shopify:*"):
        redis.delete(key)
    work()
    assert Customer.objects.get().tags == ["late"]


def test_a_closed_shop_is_marked_and_its_messages_wait(hooked, at_sandbox, changes, deliver):
    changes.change_customer(first(at_sandbox), tags=["late"])
    deliver()
    at_sandbox.sandbox.faults.add("status", status=423, count=50)

    work()

    hooked.refresh_from_db()
    assert hooked.state == "reconnect"
    row = ShopifyDelivery.objects.filter(state=State.WAITING).first()
    assert row.not_before > timezone.now() + timedelta(minutes=50)


def test_with_redis_away_it_is_kept_at_once(
    hooked, at_sandbox, changes, settings, django_capture_on_commit_callbacks
):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    sending._quiet_until.clear()
    delivery = a_delivery(at_sandbox, changes)
    began = time.monotonic()

    with django_capture_on_commit_callbacks(execute=True):
        response = post(delivery)

    assert response.status_code == 200
    assert time.monotonic() - began < 3  # of Shopify's five: once, then nobody knocks for a while
    assert ShopifyDelivery.objects.count() == 1
    with jobs.schema_context("public"):
        run = Run.objects.get(job="shopify_webhooks", state="queued")
    assert run.sent_at is None  # the dispatcher sends it


def test_missing_subscriptions_are_made_again_and_doubles_deleted(hooked, at_sandbox):
    shop = at_sandbox.shop
    assert {each["topic"] for each in shop.subscriptions.values()} == set(ASKED_FOR)
    lost = next(iter(shop.subscriptions))
    topic = shop.subscriptions.pop(lost)["topic"]
    kept = next(iter(shop.subscriptions.values()))
    shop.subscriptions["gid://shopify/WebhookSubscription/1"] = kept | {
        "id": "gid://shopify/WebhookSubscription/1",
        "uri": "https://old.example.test/api/v1/webhooks/shopify/",
    }

    counts = jobs.run_now(HOOKS_JOB).counts

    assert counts == {"made": 1, "deleted": 1}
    assert {each["topic"] for each in shop.subscriptions.values()} == set(ASKED_FOR)
    hooks = ShopifyHooks.objects.get()
    assert (topic in hooks.topics, hooks.refused, hooks.error) == (True, {}, "")
    assert jobs.run_now(HOOKS_JOB).counts == {"made": 0, "deleted": 0}


def test_nothing_of_a_message_reaches_the_log(hooked, at_sandbox, changes, deliver, caplog):
    caplog.set_level(logging.DEBUG)
    changes.change_customer(first(at_sandbox), firstName="Wilhelmina", email="willa@example.test")
    statuses = deliver()
    post(signed(a_delivery(at_sandbox, changes), b'{"email": "willa@example.test"}', secret="no"))

    work()

    ours = [each for each in caplog.records if not each.name.startswith("django.db")]
    text = "\n".join(each.getMessage() for each in ours).casefold()
    assert statuses
    assert not [word for word in ("wilhelmina", "willa", "sandbox-app-secret") if word in text]


def test_texts_of_messages_set_aside_go_after_a_fortnight(hooked, at_sandbox, changes):
    post(signed(a_delivery(at_sandbox, changes), b"{"))
    work()
    ShopifyDelivery.objects.update(received_at=timezone.now() - timedelta(days=15))

    retention.KEPT["shopify_deliveries"].delete(timezone.now() - timedelta(days=30))

    assert ShopifyDelivery.objects.get().body is None
    ShopifyDelivery.objects.update(received_at=timezone.now() - timedelta(days=31))
    retention.KEPT["shopify_deliveries"].delete(timezone.now() - timedelta(days=30))
    assert not ShopifyDelivery.objects.exists()


def test_ids_are_found_in_every_shape():
    def said(topic, **told):
        return understand(topic, json.dumps(told).encode())

    assert said("CUSTOMERS_UPDATE", id=12).customers == ("12",)
    assert said("REFUNDS_CREATE", id=1, order_id=7).orders == ("7",)
    assert said("CUSTOMER_TAGS_ADDED", customerId="gid://shopify/Customer/9").customers == ("9",)
    merge = said(
        "CUSTOMERS_MERGE",
        admin_graphql_api_customer_kept_id="gid://shopify/Customer/1",
        admin_graphql_api_customer_deleted_id="gid://shopify/Customer/2",
    )
    assert merge.customers == ("1", "2")
    move = said("CUSTOMER_LEFT_SEGMENT", customer={"id": 3}, segment={"id": "gid://x/Segment/4"})
    assert (move.customers, move.segments) == (("3",), ("4",))
    with pytest.raises(NotUnderstood):
        said("CUSTOMERS_UPDATE", id="１２")


def test_what_was_set_aside_is_shown_and_can_be_tried_again_or_dropped(
    hooked, at_sandbox, changes, owner, member
):
    post(signed(a_delivery(at_sandbox, changes), b'{"id": true}'))
    work()
    page = reverse("admin:shopify_messages")
    shown = owner.get(page).text
    assert "The message names no customer." in shown
    assert f"{len(ASKED_FOR)} of {len(ASKED_FOR)} webhooks are there" in shown
    assert member("marketer").get(page).status_code == 403

    owner.post(page, {"step": "again"})

    assert ShopifyDelivery.objects.get().state == State.WAITING
    work()
    assert ShopifyDelivery.objects.get().state == State.QUARANTINED
    owner.post(page, {"step": "drop", "message": ShopifyDelivery.objects.get().pk})
    assert ShopifyDelivery.objects.values_list("state", "body").get() == (State.DONE, None)
    assert "Nothing was set aside." in owner.get(page).text


def test_messages_of_a_store_that_was_left_are_let_go(hooked, at_sandbox, changes, deliver):
    changes.change_customer(first(at_sandbox), tags=["late"])
    deliver()
    ShopifyStore.objects.update(state=ShopifyStore.State.DISCONNECTED)
    calls = at_sandbox.sandbox.calls

    work()

    assert at_sandbox.sandbox.calls == calls
    assert not ShopifyDelivery.objects.filter(state=State.WAITING).exists()
    assert not Customer.objects.exists()
