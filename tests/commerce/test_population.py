"""Who is no customer: by tag, by domain, by list, by hand."""

from datetime import date

import pytest
from auditlog.models import LogEntry

from commerce import population
from commerce.models import Customer, CustomerMetrics, PopulationPolicy
from tests.commerce.factories import CustomerFactory, bring_up_to_date

DAY = date(2026, 6, 1)
pytestmark = pytest.mark.usefixtures("tenant")

POLICY = {
    "staff_tags": [" TEAM "],
    "staff_domains": ["@Acme.Test"],
    "wholesale_tags": ["b2b"],
    "marketplace_domains": ["marketplace.test"],
    "left_out_emails": ["Someone@Example.test"],
}


@pytest.fixture
def people(tenant):
    made = {
        "by_tag": CustomerFactory(tags=["team"]),
        "by_domain": CustomerFactory(email="kim@ACME.test"),
        "wholesale": CustomerFactory(tags=["B2B"]),
        "stand_in": CustomerFactory(email="x1@marketplace.test"),
        "listed": CustomerFactory(email="someone@example.test"),
        "kept": CustomerFactory(tags=["team"], left_out_by_hand=False),
        "out": CustomerFactory(left_out_by_hand=True),
        "nobody": CustomerFactory(email=""),
    }
    bring_up_to_date(on=DAY)
    return made


def left_out(people):
    rows = dict(Customer.objects.values_list("pk", "left_out_as"))
    return {name: rows[customer.pk] for name, customer in people.items()}


def test_the_policy_decides_and_the_hand_comes_first(people):
    moved = population.apply(PopulationPolicy(**POLICY), actor=None, on=DAY)

    assert left_out(people) == {
        "by_tag": "staff",
        "by_domain": "staff",
        "wholesale": "wholesale",
        "stand_in": "marketplace",
        "listed": "by_hand",
        "kept": "",
        "out": "by_hand",
        "nobody": "",
    }
    assert moved == 6
    in_base = CustomerMetrics.objects.filter(in_base=True).values_list("customer", flat=True)
    assert set(in_base) == {people["kept"].pk, people["nobody"].pk}


def test_a_preview_tells_who_leaves_and_writes_nothing(people):
    shift = population.preview(PopulationPolicy(**POLICY))

    expected = {"staff": 2, "wholesale": 1, "marketplace": 1, "by_hand": 2}
    assert shift == population.Shift(leaving=6, returning=0, left_out_after=expected)
    assert set(left_out(people).values()) == {""}


def test_an_emptied_policy_brings_everybody_back_but_those_left_out_by_hand(people):
    population.apply(PopulationPolicy(**POLICY), actor=None, on=DAY)

    assert population.preview(PopulationPolicy()).returning == 5
    population.apply(PopulationPolicy(), actor=None, on=DAY)

    assert [name for name, reason in left_out(people).items() if reason] == ["out"]


def test_the_audit_holds_no_address(people):
    population.apply(PopulationPolicy(**POLICY), actor=None, on=DAY)

    said = str(list(LogEntry.objects.values_list("changes", "additional_data")))
    assert "population_policy" in said
    assert "example.test" not in said.lower()
