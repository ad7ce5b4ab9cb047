"""How the sandbox answers: costs, refusals in Shopify's shapes, pages, searches, scopes."""

import pytest

PAGE = """query Page($first: Int, $after: String, $query: String) {
  customers(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { id updatedAt } pageInfo { hasNextPage endCursor } } }"""
ORDERS = """query Page($first: Int, $after: String, $query: String, $reverse: Boolean) {
  orders(first: $first, after: $after, query: $query, reverse: $reverse, sortKey: UPDATED_AT) {
    nodes { id updatedAt } pageInfo { hasNextPage endCursor } } }"""


def code(answer: dict) -> str:
    return answer["errors"][0]["extensions"]["code"]


def walk(shopify, document: str, root: str, **variables) -> list[dict]:
    rows, after = [], None
    while True:
        page = shopify.ask(document, after=after, **variables)["data"][root]
        rows += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return rows


@pytest.mark.parametrize(("root", "query"), [("customers", PAGE), ("orders", ORDERS)])
def test_pages_show_everybody_once_in_the_order_asked_for(shopify, root, query):
    rows = walk(shopify, query, root, first=17)

    moments = [row["updatedAt"] for row in rows]
    assert moments == sorted(moments)
    assert sorted(row["id"] for row in rows) == [
        row["id"] for row in getattr(shopify.shop.store, root)()
    ]


def test_pages_walk_backwards_too(shopify):
    rows = walk(shopify, ORDERS, "orders", first=50, reverse=True)

    assert rows == list(reversed(walk(shopify, ORDERS, "orders", first=50)))


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ("{ shop { name } }", 1),
        ("{ customersCount { count } }", 10),
        ("{ segments(first: 250) { nodes { id name } } }", 13),
        ('{ customerSegmentMembers(query: "", first: 1000) { edges { node { id } } } }', 15),
        ("{ customers(first: 250) { nodes { id lastOrder { id } amountSpent { amount } } } }", 24),
        ('{ nodes(ids: ["gid://shopify/Customer/1"]) { id } }', 1),
    ],
)
def test_a_query_costs_what_the_formula_says(shopify, query, cost):
    told = shopify.ask(query)["extensions"]["cost"]

    assert told["requestedQueryCost"] == cost
    assert told["actualQueryCost"] <= cost
    assert told["throttleStatus"]["maximumAvailable"] == 2000


def test_an_empty_bucket_throttles_until_points_have_come_back(shopify):
    shopify.ask("{ shop { name } }")
    shopify.send("POST", "/sandbox/settings", {"points": 5})
    refused = shopify.ask(PAGE, first=250)
    shopify.clock.advance(1)

    assert code(refused) == "THROTTLED"
    assert "data" not in refused
    assert refused["extensions"]["cost"]["actualQueryCost"] is None
    assert refused["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] == 5
    assert "data" in shopify.ask(PAGE, first=250)


def test_a_query_above_a_thousand_points_is_refused(shopify):
    query = """{ customers(first: 250) { nodes { orders(first: 250) { nodes {
      lineItems(first: 250) { nodes { product { id } } } } } } } }"""

    assert code(shopify.ask(query)) == "MAX_COST_EXCEEDED"


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("{ shop { shoeSize } }", "undefinedField"),
        ("{ shop { name }", "PARSE_ERROR"),
        ("{ customer { id } }", "missingRequiredArguments"),
        ("{ customers(first: 5, color: 1) { nodes { id } } }", "argumentNotAccepted"),
        ("{ customers(first: 5, sortKey: SHOE) { nodes { id } } }", "argumentLiteralsIncompatible"),
        ('{ customer(id: "gid://shopify/Order/5") { id } }', "RESOURCE_NOT_FOUND"),
        ("{ customers { nodes { id } } }", "BAD_REQUEST"),
        ("{ customers(first: 251) { nodes { id } } }", "BAD_REQUEST"),
        ('{ segment(id: "gid://shopify/Segment/1") { id } }', "NOT_FOUND"),
    ],
)
def test_a_wrong_question_is_refused_with_a_code(shopify, query, wanted):
    assert code(shopify.ask(query)) == wanted


def test_a_variable_of_the_wrong_type_is_refused_without_a_cost(shopify):
    answer = shopify.ask(PAGE, first="many")

    assert code(answer) == "INVALID_VARIABLE"
    assert "extensions" not in answer


def test_more_ids_than_250_are_refused(shopify):
    ids = [f"gid://shopify/Customer/{number}" for number in range(251)]

    answer = shopify.ask("query N($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)

    assert code(answer) == "MAX_INPUT_SIZE_EXCEEDED"


def test_what_is_no_more_is_null_among_nodes(shopify):
    here = next(shopify.shop.store.customers())["id"]
    ids = [here, "gid://shopify/Customer/5"]

    answer = shopify.ask("query N($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)

    assert answer["data"]["nodes"] == [{"id": here}, None]


def test_an_unknown_search_field_returns_everything_and_warns(shopify):
    answer = shopify.ask(PAGE, first=250, query="shoe_size:42")

    assert len(answer["data"]["customers"]["nodes"]) == 120
    assert answer["extensions"]["search"][0]["warnings"][0] == {
        "field": "shoe_size",
        "message": "Invalid search field for this query.",
        "code": "invalid_field",
    }


def test_customers_are_searched_by_whole_days_and_orders_by_the_second(shopify):
    customers = walk(shopify, PAGE, "customers", first=250)
    orders = walk(shopify, ORDERS, "orders", first=250)
    late_customer, late_order = customers[-1]["updatedAt"], orders[-1]["updatedAt"]
    evening = f"updated_at:>='{late_customer[:10]}T23:59:59Z'"

    found = walk(shopify, PAGE, "customers", first=250, query=evening)
    exact = walk(shopify, ORDERS, "orders", first=250, query=f"updated_at:>'{late_order}'")

    assert customers[-1] in found
    assert exact == []


def test_a_missing_scope_refuses_its_fields_and_answers_the_others(shopify):
    shopify.sandbox.shop_changes().change_scopes(["read_customers"])

    answer = shopify.ask("{ shop { name } ordersCount { count } }")

    assert answer["data"] == {"shop": {"name": "Fernhollow Organics"}, "ordersCount": None}
    assert code(answer) == "ACCESS_DENIED"
    assert answer["errors"][0]["path"] == ["ordersCount"]
    assert "`read_orders`" in answer["errors"][0]["extensions"]["requiredAccess"]


def test_without_read_all_orders_older_ones_are_not_there(shopify):
    oldest = min(shopify.shop.store.orders(), key=lambda order: order["_at"])
    shopify.sandbox.shop_changes().change_scopes(["read_customers", "read_orders"])

    rows = walk(shopify, ORDERS, "orders", first=250)
    one = shopify.ask("query O($id: ID!) { order(id: $id) { id } }", id=oldest["id"])

    assert 0 < len(rows) < len(list(shopify.shop.store.orders()))
    assert one["data"] == {"order": None}


def test_counts_tell_when_they_stopped(shopify):
    answer = shopify.ask(
        "{ all: customersCount { count precision } some: customersCount(limit: 5) {"
        " count precision } }"
    )

    assert answer["data"] == {
        "all": {"count": 120, "precision": "EXACT"},
        "some": {"count": 5, "precision": "AT_LEAST"},
    }


def test_large_numbers_are_texts_and_money_is_not_padded(shopify):
    answer = shopify.ask(
        "{ customers(first: 250) { nodes { numberOfOrders amountSpent { amount } } } }"
    )

    nodes = answer["data"]["customers"]["nodes"]
    assert {type(node["numberOfOrders"]) for node in nodes} == {str}
    assert "0.0" in {node["amountSpent"]["amount"] for node in nodes}
