"""Shopify's compliance topics end to end, and the app being taken off."""

import json
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from psycopg import sql

from commerce.erasure import exports, requests
from commerce.models import Customer, CustomerIdentity, ErasedPrint, Order, PrivacyRequest
from integrations.models import ShopifyDelivery, ShopifyStore
from integrations.sandbox.shopify.access import Token
from integrations.shopify import privacy
from tenants import jobs
from tests.integrations.shopify.connected import connect
from tests.integrations.shopify.hooked import post, work
from tests.integrations.shopify.test_webhooks import signed

Kind, State = PrivacyRequest.Kind, PrivacyRequest.State


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.FILES_ROOT = tmp_path


@pytest.fixture
def changes(at_sandbox):
    return at_sandbox.sandbox.changes()


@pytest.fixture
def wilma(hooked, changes, deliver) -> dict:
    """Somebody with an account and an order, mirrored."""
    made = changes.add_customer(email="wilma.reed@example.test", lastName="Reedwood")
    changes.add_order(made["id"])
    deliver()
    work()
    return made


def everything() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s", [connection.schema_name]
        )
        found = []
        for (name,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name)))
            found += [row for (row,) in cursor.fetchall()]
    return "\n".join(found).casefold()


def test_a_redaction_leaves_no_trace_and_the_next_sync_does_not_bring_them_back(
    wilma, changes, deliver, at_sandbox
):
    assert "wilma.reed" in everything()
    changes.redact_customer(wilma["id"])

    assert set(deliver()) == {200}
    work()
    jobs.run_now(requests.JOB)

    asked = PrivacyRequest.objects.get()
    assert (asked.kind, asked.state) == (Kind.ERASURE, State.DONE)
    assert asked.due_at - asked.asked_at == timedelta(days=30)
    left = everything()
    number = wilma["legacyResourceId"]
    assert not [word for word in ("wilma.reed", "reedwood", number) if word in left]
    assert list(Order.objects.values_list("customer", "email_key")) == [(None, "")]
    at_sandbox.sandbox.webhooks.emit(
        at_sandbox.shop, "CUSTOMERS_UPDATE", {"id": int(number), "updated_at": None}
    )
    deliver()
    work()
    assert not CustomerIdentity.objects.exists()


def test_a_redaction_told_twice_is_one_erasure(wilma, changes, at_sandbox):
    changes.redact_customer(wilma["id"])
    told = [each for each in at_sandbox.sandbox.webhooks.take() if each.topic.endswith("redact")]

    for number in range(2):
        post(told[0], X_Shopify_Webhook_Id=f"retry-{number}")
        work()
    jobs.run_now(requests.JOB)

    assert PrivacyRequest.objects.count() == 1
    assert Customer.objects.filter(erased_at=None).count() == 0


def test_somebody_unknown_is_kept_away(hooked, changes, deliver):
    stranger = changes.add_customer(email="never.seen@example.test")
    changes.sandbox.webhooks.take()  # the messages about them are lost
    changes.redact_customer(stranger["id"])

    deliver()
    work()

    assert PrivacyRequest.objects.get().state == State.NOBODY
    assert ErasedPrint.objects.count() == 2  # their number and their address


def test_a_data_request_ends_in_a_file_for_staff(wilma, changes, deliver, owner):
    changes.sandbox.shop_changes().request_data(wilma["id"])

    assert set(deliver()) == {200}
    work()
    jobs.run_now(requests.JOB)

    asked = PrivacyRequest.objects.get()
    assert (asked.kind, asked.state, asked.reference[:13]) == (
        Kind.EXPORT,
        State.DONE,
        "data_request:",
    )
    with zipfile.ZipFile(exports.path_of(asked, at=timezone.now())) as file:
        told = json.loads(file.read("customer.json"))["facts"]
    assert told["profile"][0]["email"] == "wilma.reed@example.test"
    assert len(told["orders"]) == 1
    assert "wilma" not in json.dumps(list(PrivacyRequest.objects.values()), default=str)


def test_a_shop_that_takes_the_app_off_is_forgotten_after_two_days(
    wilma, changes, deliver, at_sandbox
):
    changes.sandbox.shop_changes().uninstall()
    assert set(deliver()) == {200}
    work()

    store = ShopifyStore.objects.get()
    asked = PrivacyRequest.objects.get()
    assert (store.state, store.access_token) == ("disconnected", "")
    assert timedelta(hours=47) < asked.not_before - timezone.now() <= timedelta(hours=48)
    jobs.run_now(requests.JOB)
    assert CustomerIdentity.objects.count() == 1  # not yet

    changes.sandbox.shop_changes().redact_shop()  # forty-eight hours later
    assert set(deliver()) == {200}
    work()
    PrivacyRequest.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    jobs.run_now(requests.JOB)

    asked.refresh_from_db()
    assert (asked.state, asked.counts["customers"]) == (State.DONE, 1)
    assert "wilma.reed" not in everything()
    store.refresh_from_db()
    assert (store.client_secret, ShopifyDelivery.objects.count()) == ("", 0)
    assert not ErasedPrint.objects.exists()


def test_a_shop_that_is_connected_again_within_two_days_keeps_its_data(
    wilma, changes, deliver, at_sandbox
):
    changes.sandbox.shop_changes().uninstall()
    deliver()
    work()
    app = at_sandbox.sandbox.app
    again = Token("shpat_sandbox_again", app, at_sandbox.domain, app.scopes)
    at_sandbox.sandbox.access.add_token(again)
    connect(at_sandbox, auth="static", access_token="shpat_sandbox_again",
            client_secret=at_sandbox.sandbox.app.secret)  # fmt: skip

    assert PrivacyRequest.objects.get().state == State.CANCELLED

    PrivacyRequest.objects.update(
        state=State.WAITING, not_before=timezone.now() - timedelta(hours=1)
    )
    jobs.run_now(requests.JOB)
    assert PrivacyRequest.objects.get().state == State.CANCELLED
    assert CustomerIdentity.objects.count() == 1


@pytest.mark.parametrize("topic", ["app/uninstalled", "shop/redact"])
def test_a_message_sent_on_under_another_topic_takes_nothing(wilma, at_sandbox, changes, topic):
    """The topic is not signed. Whoever caught one message could send it as any other."""
    changes.sandbox.shop_changes().request_data(wilma["id"])
    (delivery,) = at_sandbox.sandbox.webhooks.take()
    delivery.headers |= {"X-Shopify-Topic": topic}

    assert post(delivery).status_code == 200
    work()
    jobs.run_now(requests.JOB)

    assert ShopifyStore.objects.get().is_connected
    assert Customer.objects.filter(erased_at=None).count() == 1
    assert not PrivacyRequest.objects.exists()


def test_while_the_shop_does_not_answer_nothing_is_decided(wilma, changes, deliver, at_sandbox):
    at_sandbox.sandbox.webhooks.emit(at_sandbox.shop, "APP_UNINSTALLED", {"id": 1})
    deliver()
    at_sandbox.sandbox.faults.add("status", status=503, count=9)

    assert work() is None

    assert ShopifyStore.objects.get().is_connected
    assert ShopifyDelivery.objects.get(topic="APP_UNINSTALLED").state == "waiting"


def test_texts_of_messages_that_name_somebody_go_with_them(wilma, at_sandbox, changes):
    changes.change_customer(wilma["id"], tags=["x"])
    delivery = at_sandbox.sandbox.webhooks.take()[0]
    body = b'["Wilma.Reed@example.test"]'
    post(signed(delivery, body))
    work()
    assert bytes(ShopifyDelivery.objects.exclude(body=None).get().body) == body

    requests.ask(Kind.ERASURE, customer=Customer.objects.get().pk, at=timezone.now())
    jobs.run_now(requests.JOB)

    assert not ShopifyDelivery.objects.exclude(body=None).exists()


def test_a_source_of_nobody_is_forgotten_without_trouble(tenant):
    assert not privacy.is_back("shopify:none")
    assert privacy.forget("shopify:none") == {}
