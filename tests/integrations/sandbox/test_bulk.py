"""Bulk operations of the sandbox: refused, at work, done; files whole and in disorder."""

import gzip
import json

import pytest

RUN = """mutation Run($query: String!, $grouped: Boolean!) {
  bulkOperationRunQuery(query: $query, groupObjects: $grouped) {
    bulkOperation { id status } userErrors { code field message } } }"""
STATE = """query State($id: ID!) { bulkOperation(id: $id) {
  status errorCode objectCount rootObjectCount fileSize url completedAt } }"""
CUSTOMERS = "{ customers { edges { node { id displayName amountSpent { amount } } } } }"
ORDERS = """{ orders { edges { node { id name totalPriceSet { shopMoney { amount } }
  refunds { id createdAt totalRefundedSet { shopMoney { amount } } } customer { id }
  lineItems { edges { node { id sku product { productType } } } } } } } }"""


def run(shopify, query: str, *, grouped: bool = False):
    told = shopify.ask(RUN, query=query, grouped=grouped)["data"]["bulkOperationRunQuery"]
    return (told["bulkOperation"] or {}).get("id"), told["userErrors"]


def state(shopify, operation: str) -> dict:
    return shopify.ask(STATE, id=operation)["data"]["bulkOperation"]


def lines(shopify, url: str, **headers) -> list[dict]:
    body = shopify.send("GET", url.removeprefix(shopify.url), **headers)[2]
    if headers.get("Accept_Encoding") == "gzip":
        body = gzip.decompress(body)
    return [json.loads(line) for line in body.splitlines()]


def test_an_operation_is_created_runs_and_completes_with_time(shopify):
    operation, faults = run(shopify, CUSTOMERS)
    seen = [state(shopify, operation)["status"]]
    shopify.clock.advance(1)
    seen.append(state(shopify, operation)["status"])
    shopify.clock.advance(1)
    done = state(shopify, operation)

    assert faults == []
    assert [*seen, done["status"]] == ["CREATED", "RUNNING", "COMPLETED"]
    assert (done["objectCount"], done["rootObjectCount"]) == ("120", "120")
    assert [row["id"] for row in lines(shopify, done["url"])] == [
        customer["id"] for customer in shopify.shop.store.customers()
    ]


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_children_are_lines_of_their_own_that_may_come_before_their_parents(shopify, encoding):
    operation, _ = run(shopify, ORDERS)
    shopify.clock.advance(5)
    done = state(shopify, operation)

    rows = lines(shopify, done["url"], Accept_Encoding=encoding)

    orders = list(shopify.shop.store.orders())
    parents = [row for row in rows if "__parentId" not in row]
    children = [row for row in rows if "__parentId" in row]
    assert [row["id"] for row in parents] == [order["id"] for order in orders]
    assert [(row["__parentId"], row["id"]) for row in children] == [
        (order["id"], line["id"]) for order in orders for line in order["_lines"]
    ]
    assert "__parentId" in rows[0]  # before its parent
    assert "__parentId" in rows[-1]
    assert done["objectCount"] == str(len(rows))
    assert any(row["refunds"] for row in parents)


def test_grouped_children_follow_their_parent_at_once(shopify):
    operation, _ = run(shopify, ORDERS, grouped=True)
    shopify.clock.advance(5)

    rows = lines(shopify, state(shopify, operation)["url"])

    parent = ""
    for row in rows:
        assert row.get("__parentId", row["id"]) == (parent if "__parentId" in row else row["id"])
        parent = parent if "__parentId" in row else row["id"]


def test_a_filter_of_the_inner_query_is_heeded(shopify):
    found = next(shopify.shop.store.customers())
    number = found["legacyResourceId"]
    query = f'{{ customers(query: "id:{number}") {{ edges {{ node {{ id }} }} }} }}'
    operation, _ = run(shopify, query)
    shopify.clock.advance(5)

    assert lines(shopify, state(shopify, operation)["url"]) == [{"id": found["id"]}]


def test_nothing_found_has_no_file(shopify):
    operation, _ = run(shopify, '{ customers(query: "id:1") { edges { node { id } } } }')
    shopify.clock.advance(5)

    done = state(shopify, operation)

    assert (done["status"], done["objectCount"], done["url"]) == ("COMPLETED", "0", None)


def test_a_file_is_gone_after_a_week(shopify):
    operation, _ = run(shopify, CUSTOMERS)
    shopify.clock.advance(5)
    url = state(shopify, operation)["url"]
    shopify.clock.advance(8 * 86_400)

    assert state(shopify, operation)["url"] is None
    assert shopify.send("GET", url.removeprefix(shopify.url))[0] == 400


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{ customers { nodes { id } } }", "`nodes`"),
        ("{ shop { id } }", "at least one connection"),
        ('{ node(id: "gid://shopify/Order/1") { id } }', "top level `node`"),
        ("{ orders { edges { node { lineItems { edges { node { id } } } } } } }", "'id' field"),
        (
            "{ orders { edges { node { id refunds { refundLineItems { edges { node { quantity }"
            " } } } } } } }",
            "connection field within a list field",
        ),
        (
            "{ customers { edges { node { id orders { edges { node { id lineItems { edges { node {"
            " id } } } } } } } } } }",
            "nesting depth greater than 2",
        ),
        ("mutation { tagsAdd(id: 1, tags: []) { node { id } } }", "only queries"),
        ("{ customers {", "Syntax Error"),
        ("{ customers { edges { node { id shoeSize } } } }", "shoeSize"),
    ],
)
def test_a_query_that_cannot_be_run_in_bulk_is_refused(shopify, query, words):
    operation, (fault,) = run(shopify, query)

    assert operation is None
    assert (fault["code"], fault["field"]) == ("INVALID", ["query"])
    assert words in fault["message"]


def test_a_sixth_operation_at_once_is_refused(shopify):
    running = [run(shopify, CUSTOMERS)[0] for _ in range(5)]

    operation, (fault,) = run(shopify, CUSTOMERS)

    assert operation is None
    assert (fault["code"], fault["field"]) == ("OPERATION_IN_PROGRESS", None)
    assert all(each in fault["message"] for each in running)


def test_a_cancelled_operation_counts_as_running_until_it_has_stopped(shopify):
    operation, _ = run(shopify, CUSTOMERS)
    cancelled = shopify.ask(
        "mutation C($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } } }",
        id=operation,
    )
    shopify.clock.advance(2)

    told = cancelled["data"]["bulkOperationCancel"]["bulkOperation"]
    assert told == {"status": "CANCELING"}
    assert state(shopify, operation)["status"] == "CANCELED"


def test_a_missing_scope_fails_the_operation(shopify):
    shopify.sandbox.shop_changes().change_scopes(["read_customers"])
    operation, _ = run(shopify, ORDERS)
    shopify.clock.advance(5)

    done = state(shopify, operation)

    assert (done["status"], done["errorCode"], done["url"]) == ("FAILED", "ACCESS_DENIED", None)


def test_without_read_all_orders_only_sixty_days_are_in_the_file(shopify):
    shopify.sandbox.shop_changes().change_scopes(["read_customers", "read_orders", "read_products"])
    operation, _ = run(shopify, "{ orders { edges { node { id createdAt } } } }")
    shopify.clock.advance(5)

    rows = lines(shopify, state(shopify, operation)["url"])

    assert 0 < len(rows) < len(list(shopify.shop.store.orders()))
    assert min(row["createdAt"] for row in rows) >= "2026-04-19"


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_file_can_be_cut_on_its_way(shopify, encoding):
    operation, _ = run(shopify, ORDERS)
    shopify.clock.advance(5)
    url = state(shopify, operation)["url"]
    shopify.sandbox.faults.add("cut", where="bulk")

    with pytest.raises(Exception, match=r"IncompleteRead|reset"):
        lines(shopify, url, Accept_Encoding=encoding)
    assert len(lines(shopify, url, Accept_Encoding=encoding)) > 200
