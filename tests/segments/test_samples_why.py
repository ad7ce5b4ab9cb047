"""Why the builder's sample customers are in: what holds for them, and what is not to hold."""

from decimal import Decimal

from segments.preview import Asked
from segments.services import local_today
from tests.commerce.factories import CustomerFactory, OrderFactory, bring_up_to_date


def spent(value):
    return {"field": "total_spent", "operator": "gte", "value": value}


def test_a_condition_under_none_speaks_for_whom_it_does_not_hold(tenant):
    OrderFactory(customer=CustomerFactory(is_vip=True), total=Decimal(150))
    bring_up_to_date(on=local_today())
    none_of = {"logic": "NONE", "rules": [spent(1000), {"field": "is_vip", "operator": "is_true"}]}
    twice = {"logic": "NONE", "rules": [{"logic": "NONE", "rules": [spent(100)]}]}

    rules = {"logic": "OR", "rules": [spent(120), none_of, twice]}
    found = Asked(rules, asker=None).samples()

    assert [why for _, why in found] == [
        ["spent at least £120.00", "not: spent at least £1,000.00", "spent at least £100.00"]
    ]
