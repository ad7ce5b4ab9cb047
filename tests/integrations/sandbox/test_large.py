"""A shop too large to be held in memory: counted, paged and found without making all of it."""

from itertools import islice

import pytest

from integrations.sandbox.shopify.plan import Plan
from integrations.sandbox.shopify.store import KEPT, Store
from tests.integrations.shopify.sandbox import NOON, Shopify

LARGE = Plan(customers=1_000_000, orders_each=11)


@pytest.fixture
def large():
    served = Shopify(LARGE)
    yield served
    served.server.stop()


def test_counts_follow_what_was_made_and_what_was_changed(shopify):
    changes = shopify.sandbox.changes()
    people = [each["id"] for each in shopify.shop.store.customers()]
    never = next(c for c in shopify.shop.store.customers() if c["numberOfOrders"] == "0")
    changes.add_customer()
    changes.add_order(people[0])
    changes.add_order(None)
    changes.merge_customers(people[1], people[2])
    changes.delete_customer(never["id"])
    store = shopify.shop.store

    assert store.count_customers() == len(list(store.customers())) == 119
    assert store.count_orders() == len(list(store.orders()))


def test_a_million_customers_are_there_at_once(large):
    answer = large.ask("{ customersCount(limit: 5000000) { count } }")
    page = large.ask("{ customers(first: 250) { nodes { id } pageInfo { endCursor } } }")
    cursor = page["data"]["customers"]["pageInfo"]["endCursor"]
    second = large.ask(f'{{ customers(first: 2, after: "{cursor}") {{ nodes {{ id }} }} }}')
    last = large.ask('{ customer(id: "gid://shopify/Customer/7000000999999") { displayName } }')

    assert answer["data"]["customersCount"] == {"count": 1_000_000}
    assert second["data"]["customers"]["nodes"] == [
        {"id": "gid://shopify/Customer/7000000000250"},
        {"id": "gid://shopify/Customer/7000000000251"},
    ]
    assert last["data"]["customer"]["displayName"]


def test_everybody_is_a_segment_of_a_million(large):
    query = """{ customerSegmentMembers(query: "number_of_orders >= 0", first: 1000, after: %s) {
      totalCount edges { node { id } } pageInfo { endCursor } } }"""
    first = large.ask(query % "null")["data"]["customerSegmentMembers"]
    second = large.ask(query % f'"{first["pageInfo"]["endCursor"]}"')["data"]

    edges = second["customerSegmentMembers"]["edges"]
    assert first["totalCount"] == 1_000_000
    assert edges[0]["node"]["id"] == "gid://shopify/CustomerSegmentMember/7000000001000"


def test_a_sweep_of_a_large_shop_finds_what_was_changed(large):
    person = "gid://shopify/Customer/7000000500000"
    large.clock.advance(60)
    order = large.sandbox.changes().add_order(person, cents=1_000)
    query = (
        "{ orders(first: 250, sortKey: UPDATED_AT, query: \"updated_at:>='%s'\") { nodes { id } } }"
    )

    answer = large.ask(query % order["updatedAt"])

    assert answer["data"]["orders"]["nodes"] == [{"id": order["id"]}]


def test_walking_a_large_shop_holds_little_of_it():
    store = Store(LARGE, until=NOON)

    kept = [len(store.recent) for _ in islice(store.customers(), 1_200)]

    assert max(kept) <= KEPT / LARGE.orders_each + 1
