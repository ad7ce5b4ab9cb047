"""A word that nobody in the store has is pointed out, with the one that was meant."""

import pytest

from commerce.models import AttributeDefinition, Spelling
from segments.audience import StoreScope, clock_at
from segments.catalogue import StoreCatalogue
from segments.preview import Asked
from segments.rules.parse import parse
from segments.unknown_values import unknown_values
from tests.commerce.factories import (
    NOON,
    CustomerFactory,
    OrderFactory,
    OrderLineFactory,
    bring_up_to_date,
)


@pytest.fixture
def store(tenant):
    person = CustomerFactory(
        city="Łódź",
        country="GB",
        tags=["Vegan"],
        attributes={"diet": "Vegetarian"},
        email="ann@shop.test",
    )
    AttributeDefinition.objects.create(key="diet", label="Diet", kind="text")
    order = OrderFactory(customer=person, channel="Web")
    OrderLineFactory(order=order, category="Wine", category_key="wine")
    for column, value in (("order.channel", "Web"), ("attr.diet", "Vegetarian")):
        Spelling.objects.create(column=column, key=value.casefold(), value=value)
    bring_up_to_date(on=NOON.date())


def warned(rule):
    catalogue = StoreCatalogue()
    return unknown_values(parse(rule, catalogue), catalogue, StoreScope(clock_at()))


def bought(field, operator, value, **more):
    where = {"logic": "AND", "rules": [{"field": field, "operator": operator, "value": value}]}
    return {"did": "order_line", "where": where, **more}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            bought("category", "eq", "Wnie"),
            "No item has the category “Wnie”. Did you mean “Wine”?",
        ),
        (
            bought("category", "in", ["wine", "Wnie"], orders="all"),
            "No item has the category “Wnie”. Did you mean “Wine”?",
        ),
        (
            bought("product", "eq", "Oliv oil"),
            "No item has the product “Oliv oil”. Did you mean “Olive oil”?",
        ),
        (
            bought("order.channel", "ne", "Wbe"),
            "No item has the channel “Wbe”. Did you mean “Web”?",
        ),
        (
            {"field": "city", "operator": "not_in", "value": ["Lódź", "łódź"]},
            "No customer has the city “Lódź”. Did you mean “Łódź”?",
        ),
        (
            {"field": "tags", "operator": "has_none", "value": ["vegna"]},
            "No customer has the tags “vegna”. Did you mean “vegan”?",
        ),
        (
            {"field": "diet", "operator": "eq", "value": "vegetrian"},
            "No customer has the diet “vegetrian”. Did you mean “Vegetarian”?",
        ),
        (
            {"field": "country", "operator": "eq", "value": "zz"},
            "No customer has the country “zz”.",
        ),
    ],
)
def test_a_word_that_nobody_has_is_pointed_out(store, rule, said):
    assert warned(rule) == [said]


@pytest.mark.parametrize(
    "rule",
    [
        bought("category", "eq", "WINE"),
        {"field": "tags", "operator": "has_any", "value": ["VEGAN"]},
        {"field": "diet", "operator": "ne", "value": "vegetarian"},
        {"field": "city", "operator": "contains", "value": "zzz"},
        {"field": "email", "operator": "eq", "value": "nobody@shop.test"},
        {"logic": "AND", "rules": [{"field": "city", "operator": "eq", "value": "zz",
                                    "disabled": True}, {"field": "is_vip", "operator": "is_true"}]},
    ],
)  # fmt: skip
def test_what_is_known_or_nobodys_business_is_not(store, rule):
    assert warned(rule) == []


def test_where_not_every_word_is_kept_nothing_is_claimed(store):
    Spelling.objects.create(column="attr.diet", key="full", value="")

    assert warned({"field": "diet", "operator": "eq", "value": "vegetrian"}) == []


def test_the_preview_says_it(store):
    asked = Asked(bought("category", "eq", "Wnie"), asker=None)

    assert asked.warnings(asked.totals())[-1].endswith("Did you mean “Wine”?")
