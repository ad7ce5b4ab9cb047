"""Webhooks that leave the sandbox: to whom, signed by what, twice, late, in disorder."""

import base64
import hashlib
import hmac
import json

import pytest

from integrations.sandbox.shopify.webhooks import topic_name
from tests.sink import Sink, status

CREATE = """mutation C($topic: WebhookSubscriptionTopic!, $to: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $to) {
    webhookSubscription { id topic uri } userErrors { field message } } }"""
URI = "https://acme.test/hooks/shopify/"


def subscribe(shopify, *topics: str, **more) -> list[dict]:
    return [
        shopify.ask(CREATE, topic=topic, to={"uri": URI} | more)["data"][
            "webhookSubscriptionCreate"
        ]
        for topic in topics
    ]


def taken(shopify) -> list[tuple[str, dict]]:
    return [(each.topic, json.loads(each.body)) for each in shopify.sandbox.webhooks.take()]


@pytest.fixture
def buyer(shopify) -> dict:
    customers = shopify.shop.store.customers()
    return next(each for each in customers if each["numberOfOrders"] != "0")


@pytest.fixture
def sink():
    made = Sink()
    yield made
    made.close()


def test_only_https_can_be_subscribed(shopify):
    made = shopify.ask(CREATE, topic="ORDERS_CREATE", to={"uri": "http://acme.test/"})

    assert made["data"]["webhookSubscriptionCreate"] == {
        "webhookSubscription": None,
        "userErrors": [
            {
                "field": ["webhookSubscription", "callbackUrl"],
                "message": "Address protocol http:// is not supported",
            }
        ],
    }


def test_the_same_address_is_not_subscribed_twice(shopify):
    first, second = subscribe(shopify, "ORDERS_CREATE", "ORDERS_CREATE")

    assert first["userErrors"] == []
    assert "taken" in second["userErrors"][0]["message"]


def test_an_order_tells_whoever_listens(shopify, buyer):
    subscribe(shopify, "ORDERS_CREATE", "CUSTOMERS_UPDATE", "ORDERS_DELETE")
    order = shopify.sandbox.changes().add_order(buyer["id"], cents=2_500)

    told = taken(shopify)

    assert [topic for topic, _ in told] == ["orders/create", "customers/update"]
    assert told[0][1]["admin_graphql_api_id"] == order["id"]
    assert told[0][1]["customer"]["admin_graphql_api_id"] == buyer["id"]
    assert taken(shopify) == []


def test_a_delivery_is_signed_and_numbered(shopify, buyer):
    subscribe(shopify, "CUSTOMERS_UPDATE")
    changes = shopify.sandbox.changes()
    changes.change_customer(buyer["id"], note="a")
    shopify.sandbox.webhooks.signs_with = "old"
    changes.change_customer(buyer["id"], note="b")

    new, old = shopify.sandbox.webhooks.take()

    for delivery, secret in ((new, b"sandbox-app-secret"), (old, b"sandbox-app-old-secret")):
        digest = hmac.new(secret, delivery.body, hashlib.sha256).digest()
        assert delivery.headers["X-Shopify-Hmac-Sha256"] == base64.b64encode(digest).decode()
        assert delivery.headers["X-Shopify-Shop-Domain"] == shopify.domain
        assert delivery.headers["X-Shopify-Topic"] == "customers/update"
    assert new.headers["X-Shopify-Webhook-Id"] != old.headers["X-Shopify-Webhook-Id"]


def test_deliveries_come_twice_late_and_in_disorder(shopify, buyer):
    subscribe(shopify, "CUSTOMERS_UPDATE")
    webhooks = shopify.sandbox.webhooks
    webhooks.copies, webhooks.delay, webhooks.is_shuffled = 2, 600, True
    for note in "abcdef":
        shopify.sandbox.changes().change_customer(buyer["id"], note=note)
    at_once = webhooks.take()
    shopify.clock.advance(601)
    later = [json.loads(each.body)["note"] for each in webhooks.take()]

    assert at_once == []
    assert sorted(later) == sorted("aabbccddeeff")
    assert later != sorted(later)


def test_tags_and_consents_have_topics_of_their_own(shopify, buyer):
    topics = (
        "CUSTOMER_TAGS_ADDED", "CUSTOMER_TAGS_REMOVED", "CUSTOMERS_EMAIL_MARKETING_CONSENT_UPDATE",
    )  # fmt: skip
    subscribe(shopify, *topics)
    shopify.sandbox.changes().change_customer(buyer["id"], tags=["new"], email_state="UNSUBSCRIBED")

    told = dict(taken(shopify))

    assert told["customer.tags_added"]["tags"] == ["new"]
    consent = told["customers_email_marketing_consent/update"]["email_marketing_consent"]
    assert consent["state"] == "unsubscribed"


def test_who_joins_and_leaves_a_segment_is_told(shopify, buyer):
    rich = shopify.sandbox.shop_changes().add_segment("Rich", "amount_spent > 9000")
    subscribe(shopify, "CUSTOMER_JOINED_SEGMENT", "CUSTOMER_LEFT_SEGMENT")
    changes = shopify.sandbox.changes()
    order = changes.add_order(buyer["id"], cents=1_000_000)
    joined = taken(shopify)
    changes.refund_order(order["id"], cents=1_000_000)
    left = taken(shopify)

    about = {"customer_id": buyer["id"], "segment_id": rich["id"]}
    assert ("customer.joined_segment", about) in [(t, _less(b)) for t, b in joined]
    assert ("customer.left_segment", about) in [(t, _less(b)) for t, b in left]


def _less(body: dict) -> dict:
    return {key: body[key] for key in ("customer_id", "segment_id")}


def test_a_merge_moves_orders_and_ends_an_id(shopify):
    subscribe(shopify, "CUSTOMERS_MERGE")
    kept, gone = [each for each in shopify.shop.store.customers() if each["numberOfOrders"] != "0"][
        :2
    ]
    orders = [order["id"] for order in shopify.shop.store.home_of(gone["id"]).orders]

    shopify.sandbox.changes().merge_customers(kept["id"], gone["id"])

    asked = "query M($id: ID!) { customer(id: $id) { id } }"
    (_, told), *_ = taken(shopify)
    assert told["admin_graphql_api_customer_deleted_id"] == gone["id"]
    assert shopify.ask(asked, id=gone["id"])["data"] == {"customer": None}
    owners = [shopify.shop.store.order(order)["_customer"] for order in orders]
    assert owners == [kept["id"]] * len(orders)


def test_compliance_topics_go_to_the_apps_own_address(shopify, buyer):
    webhooks = shopify.sandbox.webhooks
    webhooks.compliance_uri = URI
    changes = shopify.sandbox.shop_changes()
    changes.request_data(buyer["id"])
    shopify.sandbox.changes().redact_customer(buyer["id"])
    changes.uninstall()
    changes.redact_shop()

    told = taken(shopify)

    assert [topic for topic, _ in told] == [
        "customers/data_request", "customers/redact", "shop/redact",
    ]  # fmt: skip
    assert told[1][1]["orders_to_redact"]
    assert shopify.shop.store.customer(buyer["id"]) is None
    assert shopify.ask("{ shop { name } }")["errors"].startswith("[API]")


def test_what_is_not_answered_comes_again_and_ends_the_subscription(shopify, buyer, sink):
    subscribe(shopify, "CUSTOMERS_UPDATE")
    webhooks = shopify.sandbox.webhooks
    webhooks.target = sink.url
    sink.answer = status(500)
    shopify.sandbox.changes().change_customer(buyer["id"], note="a")

    sent = [webhooks.send_due()]
    for _ in range(9):
        shopify.clock.advance(4_200)
        sent.append(webhooks.send_due())

    assert sent == [1] * 9 + [0]
    assert len({body for _, body in sink.received}) == 1
    assert shopify.shop.subscriptions == {}


def test_a_finished_bulk_operation_is_told_of(shopify):
    subscribe(shopify, "BULK_OPERATIONS_FINISH")
    run = """mutation { bulkOperationRunQuery(groupObjects: false,
      query: "{ customers { edges { node { id } } } }") { bulkOperation { id } } }"""
    operation = shopify.ask(run)["data"]["bulkOperationRunQuery"]["bulkOperation"]["id"]
    shopify.clock.advance(10)
    shopify.ask("{ shop { name } }")

    ((topic, told),) = taken(shopify)

    assert topic == "bulk_operations/finish"
    assert (told["admin_graphql_api_id"], told["status"]) == (operation, "completed")


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        ("ORDERS_PARTIALLY_FULFILLED", "orders/partially_fulfilled"),
        ("APP_UNINSTALLED", "app/uninstalled"),
        ("CUSTOMER_JOINED_SEGMENT", "customer.joined_segment"),
        ("BULK_OPERATIONS_FINISH", "bulk_operations/finish"),
    ],
)
def test_topics_are_named_as_in_the_header(topic, name):
    assert topic_name(topic) == name
