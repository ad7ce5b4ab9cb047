"""Segments of the sandbox: who is in them, paged, by list, by one customer."""

import pytest

MEMBERS = """query M($id: ID, $query: String, $list: ID, $first: Int!, $after: String) {
  customerSegmentMembers(segmentId: $id, query: $query, queryId: $list, first: $first,
    after: $after) {
    totalCount edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }"""


def numbers(shopify, query: str) -> set[int]:
    told = shopify.ask(MEMBERS, query=query, first=1000)["data"]["customerSegmentMembers"]
    assert told["totalCount"] == len(told["edges"])
    return {int(edge["node"]["id"].rpartition("/")[2]) for edge in told["edges"]}


def those(shopify, test) -> set[int]:
    found = filter(test, shopify.shop.store.customers())
    return {int(customer["legacyResourceId"]) for customer in found}


def test_the_id_of_a_member_holds_the_customers_number(shopify):
    told = shopify.ask(MEMBERS, query="", first=1)["data"]["customerSegmentMembers"]

    first = next(shopify.shop.store.customers())
    number = first["legacyResourceId"]
    assert told["edges"][0]["node"]["id"] == f"gid://shopify/CustomerSegmentMember/{number}"


@pytest.mark.parametrize(
    ("query", "test"),
    [
        ("number_of_orders = 0", lambda c: c["numberOfOrders"] == "0"),
        (
            "amount_spent BETWEEN 50 AND 120.5",
            lambda c: 50 <= float(c["amountSpent"]["amount"]) <= 120.5,
        ),
        ("customer_tags CONTAINS 'VIP'", lambda c: "vip" in c["tags"]),
        ("customer_tags NOT CONTAINS 'vip'", lambda c: "vip" not in c["tags"]),
        (
            "email_subscription_status = 'SUBSCRIBED'",
            lambda c: (c["defaultEmailAddress"] or {}).get("marketingState") == "SUBSCRIBED",
        ),
        ("customer_countries IS NULL", lambda c: c["defaultAddress"] is None),
        (
            "customer_countries CONTAINS 'GB' AND (number_of_orders > 1 OR number_of_orders = 0)",
            lambda c: (
                (c["defaultAddress"] or {}).get("countryCodeV2") == "GB"
                and c["numberOfOrders"] != "1"
            ),
        ),
        (
            "customer_added_date >= -100d",
            lambda c: c["createdAt"] >= "2026-03-10",
        ),
    ],
)
def test_members_are_those_who_fit_the_query(shopify, query, test):
    assert numbers(shopify, query) == those(shopify, test)
    assert numbers(shopify, query)


def test_behaviour_reads_both_forms_of_the_language(shopify):
    tagged = {
        int(household.customer["legacyResourceId"])
        for household in shopify.shop.store.households()
        if household.customer
        for order in household.orders
        if not order["test"]
        for line in order["_lines"]
        if line["product"] and "gift" in line["product"]["tags"]
    }

    assert numbers(shopify, "products_purchased MATCHES (tag = 'gift')") == tagged
    assert numbers(shopify, "products_purchased(tag: 'gift') = true") == tagged
    everybody = those(shopify, lambda _: True)
    assert numbers(shopify, "products_purchased NOT MATCHES (tag = 'gift')") == everybody - tagged


def test_members_are_paged_without_gaps(shopify):
    seen, after = [], None
    while True:
        told = shopify.ask(MEMBERS, query="", first=50, after=after)["data"][
            "customerSegmentMembers"
        ]
        seen += [edge["node"]["id"] for edge in told["edges"]]
        after = told["pageInfo"]["endCursor"]
        if not told["pageInfo"]["hasNextPage"]:
            break

    assert len(seen) == len(set(seen)) == 120


def test_a_list_of_members_stands_still_while_it_is_read(shopify):
    segment = next(s for s in shopify.shop.segments.values() if s["name"] == "Never ordered")
    create = """mutation C($id: ID!) { customerSegmentMembersQueryCreate(input: {segmentId: $id}) {
      customerSegmentMembersQuery { id done currentCount } userErrors { message } } }"""
    made = shopify.ask(create, id=segment["id"])["data"]["customerSegmentMembersQueryCreate"]
    listed = made["customerSegmentMembersQuery"]["id"]
    early = shopify.ask(MEMBERS, list=listed, first=1000)
    shopify.clock.advance(3)
    before = numbers(shopify, segment["query"])
    shopify.sandbox.changes().add_customer(firstName="Late", lastName="Comer")

    told = shopify.ask(MEMBERS, list=listed, first=1000)["data"]["customerSegmentMembers"]

    assert made["customerSegmentMembersQuery"]["done"] is False
    assert early["data"] is None
    assert told["totalCount"] == len(before)
    assert len(numbers(shopify, segment["query"])) == len(before) + 1


def test_membership_of_one_customer_leaves_out_what_is_unknown(shopify):
    customer = next(shopify.shop.store.customers())["id"]
    segment = next(iter(shopify.shop.segments))
    asked = """query M($customer: ID!, $ids: [ID!]!) {
      customerSegmentMembership(customerId: $customer, segmentIds: $ids) {
        memberships { segmentId isMember } } }"""

    told = shopify.ask(asked, customer=customer, ids=[segment, "gid://shopify/Segment/9"])

    memberships = told["data"]["customerSegmentMembership"]["memberships"]
    assert [each["segmentId"] for each in memberships] == [segment]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("not valid", "Line 1 Column 5: 'valid' is unexpected."),
        ("shoe_size > 4", "'shoe_size' filter cannot be found."),
    ],
)
def test_a_query_that_cannot_be_read_is_refused(shopify, query, words):
    answer = shopify.ask(MEMBERS, query=query, first=1)

    assert words in answer["errors"][0]["message"]


def test_every_group_of_the_shop_has_somebody(shopify):
    page = shopify.ask("{ customers(first: 250) { nodes { statistics { rfmGroup } } } }")

    groups = {node["statistics"]["rfmGroup"] for node in page["data"]["customers"]["nodes"]}
    assert {"CHAMPIONS", "AT_RISK", "NEW", "DORMANT", "PROSPECTS"} <= groups


def test_the_same_plan_is_the_same_shop(shopify):
    from tests.integrations.shopify.sandbox import Shopify

    other = Shopify()
    try:
        assert list(other.shop.store.customers()) == list(shopify.shop.store.customers())
        assert list(other.shop.store.orders()) == list(shopify.shop.store.orders())
    finally:
        other.server.stop()
