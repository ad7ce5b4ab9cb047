"""Shopify's segment language: read, written as rules of ours, and what cannot be said told."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commerce.models import CustomerIdentity
from integrations.sandbox.shopify.members import members_of
from integrations.shopify.parity.grammar import read_query
from integrations.shopify.parity.query import Condition, Group, Offset, Word
from integrations.shopify.parity.tokens import QueryError
from integrations.shopify.parity.translate import translate
from segments.audience import StoreScope, audience, clock_at, population
from segments.catalogue import StoreCatalogue
from segments.rules.parse import parse

ORDERS = {"did": "order", "measure": "count", "operator": "gte", "value": 1}


def rules(query: str):
    return translate(read_query(query)).rules


def one(query: str):
    """The only condition of a translated query."""
    (rule,) = rules(query)["rules"]
    return rule


@pytest.mark.parametrize(
    "query",
    [
        "customer_countries CONTAINS 'CA'",
        "amount_spent > 100.50",
        "abandoned_checkout_date >= -30d",
        "last_order_date >= -30d",
        "companies IS NULL",
        "(number_of_orders >= 1) OR (number_of_orders = 0)",
        "number_of_orders >= 1 AND customer_countries CONTAINS 'CA'",
        "customer_tags NOT CONTAINS 'x'",
        "products_purchased MATCHES (id = 123, date >= -30d)",
        "products_purchased(quantity: 5) = true",
        "shopify_email.opened() = true",
        "customer_tags contains 'it''s' and rfm_group is not null",
        "metafields.facts.birth_date BETWEEN 2020-01-01 AND today",
    ],
)
def test_queries_that_shops_accept_are_read(query):
    assert read_query(query) is not None


def test_and_binds_closer_than_or_and_the_tree_holds_typed_values():
    tree = read_query("a = 1 OR b >= -30d AND c BETWEEN 2026-01-31 AND 90_days_ago")

    assert isinstance(tree, Group)
    assert tree.join == "any"
    assert [type(part) for part in tree.parts] == [Condition, Group]
    assert tree.parts[0].values == (Decimal(1),)
    assert tree.parts[1].parts[0].values == (Offset(-30, "d"),)
    assert tree.parts[1].parts[1].values == (date(2026, 1, 31), Word("90_days_ago"))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("not valid", "Line 1 Column 5: 'valid' is unexpected."),
        ("number_of_orders >=", "Line 1 Column 20: the query ends too early."),
        ("a = 1\nAND ; b", "Line 2 Column 5: ';' is unexpected."),
        ("a = '", "Line 1 Column 5: ''' is unexpected."),
        ("(a = 1", "the query ends too early."),
        ("a = 2026-02-30", "'2026-02-30' is no day."),
        ("a = 1 b = 2", "'b' is unexpected."),
        ("a MATCHES (b = 1) = true", "'=' is unexpected."),
        ("(" * 30 + "a = 1" + ")" * 30, "too many parentheses."),
        (" AND ".join(["a = 1"] * 201), "too many conditions."),
        ("a" * 5_001, "at most 5,000 characters"),
        ("a = \x00", "is unexpected."),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(query, words):
    with pytest.raises(QueryError) as refused:
        read_query(query)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ("amount_spent > 100.50", {"field": "total_spent", "operator": "gt", "value": 100.5}),
        (
            "number_of_orders BETWEEN 2 AND 5",
            {"field": "total_orders", "operator": "between", "value": [2, 5]},
        ),
        (
            "last_order_date >= -30d",
            {"field": "last_order_date", "operator": "gte", "value": "30_days_ago"},
        ),
        (
            "first_order_date < 12_months_ago",
            {"field": "first_order_date", "operator": "lt", "value": "12_months_ago"},
        ),
        ("last_order_date IS NULL", {"field": "last_order_date", "operator": "is_not_set"}),
        (
            "customer_tags CONTAINS 'VIP'",
            {"field": "tags", "operator": "has_any", "value": ["VIP"]},
        ),
        (
            "customer_tags NOT CONTAINS 'x'",
            {"field": "tags", "operator": "has_none", "value": ["x"]},
        ),
        ("customer_countries CONTAINS 'ca'", {"field": "country", "operator": "eq", "value": "CA"}),
        (
            "email_subscription_status != 'SUBSCRIBED'",
            {"field": "email_consent", "operator": "ne", "value": "subscribed"},
        ),
        (
            "rfm_group = 'AT_RISK'",
            {"field": "attr.shopify_rfm_group", "operator": "eq", "value": "AT_RISK"},
        ),
        ("orders_placed MATCHES ()", ORDERS),
        ("orders_placed() = true", ORDERS),
        ("orders_placed NOT MATCHES ()", ORDERS | {"operator": "eq", "value": 0}),
        (
            "orders_placed MATCHES (sum_amount >= 500, amount > 50, date >= -1y)",
            {
                "did": "order",
                "where": {
                    "logic": "AND",
                    "rules": [
                        {"field": "total", "operator": "gt", "value": 50},
                        {"field": "placed_on", "operator": "gte", "value": "1_years_ago"},
                    ],
                },
                "measure": "sum:total",
                "operator": "gte",
                "value": 500,
            },
        ),
        (
            "customer_within_distance MATCHES (coordinates = '40.7,-74', distance_mi = 5)",
            {
                "field": "location",
                "operator": "within_distance",
                "value": {"lat": 40.7, "lon": -74.0, "mi": 5},
            },
        ),
    ],
)
def test_a_clause_is_written_in_our_words(query, rule):
    assert one(query) == rule


def test_a_negated_region_is_the_complement_of_country_and_region():
    assert rules("customer_regions NOT CONTAINS 'US-NY'") == {
        "logic": "NONE",
        "rules": [
            {
                "logic": "AND",
                "rules": [
                    {"field": "country", "operator": "eq", "value": "US"},
                    {"field": "region", "operator": "eq", "value": "NY"},
                ],
            }
        ],
    }


@pytest.mark.parametrize(
    "query",
    [
        "abandoned_checkout_date >= -30d",
        "companies IS NOT NULL",
        "customer_account_status = 'ENABLED'",
        "storefront.product_viewed MATCHES (id = 1)",
        "shopify_email.opened() = true",
        "metafields.facts.size = 'L'",
        "products_purchased MATCHES (tag = 'tea')",
        "products_purchased MATCHES (id = 123)",
        "orders_placed MATCHES (app_id = 1)",
        "email_subscription_status = 'INVALID'",
        "number_of_orders CONTAINS 'x'",
        "amount_spent > 99999999999999999",
        "last_order_date >= -200000d",
        "customer_countries CONTAINS '../../etc'",
        "shoe_size > 4",
    ],
)
def test_what_no_rule_says_is_named_with_the_reason(query):
    told = translate(read_query(query))

    assert told.rules is None
    (remark,) = told.left_out
    assert remark.clause == query
    assert remark.words.endswith(".")


def test_a_missing_part_says_whether_more_or_fewer_people_are_found():
    wider = translate(read_query("number_of_orders > 1 AND companies IS NULL"))
    narrower = translate(read_query("number_of_orders > 1 OR companies IS NULL"))

    assert (wider.is_wider, wider.is_narrower) == (True, False)
    assert (narrower.is_wider, narrower.is_narrower) == (False, True)
    assert len(wider.rules["rules"]) == len(narrower.rules["rules"]) == 1


def test_a_field_this_store_has_not_is_left_out():
    told = translate(read_query("rfm_group = 'NEW'"), has_field=lambda _key: False)

    assert told.rules is None
    assert "Connect the Shopify store" in told.left_out[0].words


PIECES = st.sampled_from(
    [
        "number_of_orders", "customer_tags", "last_order_date", "orders_placed", "rfm_group", "AND",
        "OR", "NOT", "CONTAINS", "MATCHES", "BETWEEN", "IS", "NULL", "IN", "(", ")", ",", ":", "=",
        "!=", ">=", "'vip'", "''", "-30d", "5", "1.5", "2026-01-01", "today", "date", "count",
        "true", "'", "é", "\x00", "9" * 18,
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map(" ".join)))
def test_no_text_whatever_breaks_reading_or_translating(text):
    try:
        tree = read_query(text)
    except QueryError:
        return
    told = translate(tree)
    assert told.rules is not None or told.left_out or tree is None


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, min_size=3, max_size=25).map(" ".join))
def test_every_rule_that_comes_out_is_json_of_the_notation(text):
    try:
        told = translate(read_query(text))
    except QueryError:
        return
    for rule in [told.rules] if told.rules else []:
        assert rule["logic"] in ("AND", "OR", "NONE")
        assert rule["rules"]


BOTH = (
    "customer_tags CONTAINS 'vip'",
    "customer_tags NOT CONTAINS 'vip'",
    "customer_tags IS NULL",
    "customer_countries CONTAINS 'GB' AND customer_tags NOT CONTAINS 'wholesale'",
    "customer_countries NOT CONTAINS 'US' OR customer_language = 'fr'",
    "customer_regions CONTAINS 'GB-ENG'",
    "customer_cities CONTAINS 'GB-ENG-London'",
    "customer_cities IS NULL",
    "email_subscription_status = 'SUBSCRIBED'",
    "email_subscription_status = 'UNSUBSCRIBED' OR email_subscription_status = 'PENDING'",
    "sms_subscription_status = 'SUBSCRIBED'",
    "customer_email_domain = 'example.com'",
    "customer_added_date BETWEEN 2025-06-01 AND 2026-01-31",
    "customer_added_date < 2025-06-01",
    "rfm_group = 'CHAMPIONS' OR rfm_group = 'LOYAL'",
    "rfm_group != 'PROSPECTS'",
    "predicted_spend_tier = 'HIGH'",
)


def test_both_sides_find_the_same_people(loaded, shopify):
    people = CustomerIdentity.objects.filter(
        source=loaded.source, customer__in=population().values("customer_id")
    )
    known = dict(people.values_list("customer_id", "external_id"))
    catalogue = StoreCatalogue()

    for query in BOTH:
        tree = parse(rules(query), catalogue)
        found = audience(tree, catalogue, StoreScope(clock_at()))
        here = {known[pk] for pk in found.values_list("customer_id", flat=True)}
        there = {
            shopify.shop.store.household(number).customer["legacyResourceId"]
            for number in members_of(shopify.shop, query, zone="Europe/London")
        }
        assert here == there & set(known.values()), query
        assert here, query
