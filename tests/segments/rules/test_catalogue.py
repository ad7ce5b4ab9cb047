"""Every field × operator is a question that runs, has a complement, a sentence and a saved form."""

import pytest

from commerce.models import AttributeDefinition, EventName
from segments.audience import StoreScope, audience, clock_at, population
from segments.catalogue import StoreCatalogue
from segments.catalogue.store import FIXED
from segments.models import Segment
from segments.rules.dump import dump
from segments.rules.parse import parse
from segments.rules.sentence import sentence
from segments.rules.speech import Speech

# One value for each shape and kind; a new kind or shape without an example fails here.
ONE = {
    "text": "wine",
    "number": 3,
    "money": "12.50",
    "share": 20,
    "date": "90_days_ago",
    "moment": "2026-02-28",
    "anniversary": "this_month",
    "list": "gold",
    "place": {"lat": 51.5, "lon": -0.1, "km": 10},
    "sample": {"percent": 10, "salt": "spring"},
}
SHAPED = {
    "none": None,
    "window": "30_days",
    "windows": ["30_days", "60_days"],
    "period": "last_quarter",
    "percent": 10,
    "count": 5,
}
QUESTIONS = [
    pytest.param(field.key, operator, id=f"{field.key}-{operator}")
    for field in FIXED.values()
    for operator in field.kind.operators
]


def example(field, operator):
    takes = field.kind.operators[operator].takes
    if field.kind.key == "segment":
        segment = Segment.objects.create(name="Friends", slug="friends")
        return {
            "many": [segment.pk],
            "segments_window": {"segments": ["friends"], "in_last": "7_days"},
            "segments_day": {"segments": ["Friends"], "on": "yesterday"},
        }[takes]
    if takes in SHAPED:
        return SHAPED[takes]
    choices = field.choices()
    one = choices[0][1] if choices else ONE[field.kind.key]
    return {"one": one, "many": [one], "two": [one, one]}[takes]


def ask(catalogue, key, operator):
    field = catalogue.field(key)
    return parse({"field": key, "operator": operator, "value": example(field, operator)}, catalogue)


@pytest.mark.parametrize(("key", "operator"), QUESTIONS)
def test_every_question_runs_and_has_its_complement(tenant, key, operator):
    catalogue, scope = StoreCatalogue(), StoreScope(clock_at())
    tree = ask(catalogue, key, operator)
    none = parse({"logic": "NONE", "rules": [dump(tree, catalogue)]}, catalogue)

    found = audience(tree, catalogue, scope).count()
    rest = audience(none, catalogue, scope).count()

    assert found + rest == population().count()
    assert parse(dump(tree, catalogue), catalogue) == tree
    assert sentence(tree, catalogue, Speech(scope.clock)).endswith(".")


@pytest.mark.parametrize("kind", AttributeDefinition.Kind.values)
def test_a_custom_attribute_becomes_a_field_by_itself(tenant, kind):
    AttributeDefinition.objects.create(key="mine", label="Mine", kind=kind)
    catalogue, scope = StoreCatalogue(), StoreScope(clock_at())
    field = catalogue.field("mine")

    for operator in field.kind.operators:
        audience(ask(catalogue, "mine", operator), catalogue, scope).count()

    assert field.key == "attr.mine"


def test_an_event_becomes_a_behaviour_with_its_properties(tenant):
    EventName.objects.create(
        name="opened", label="Opened", properties={"mail": "text", "n": "date"}
    )
    catalogue, scope = StoreCatalogue(), StoreScope(clock_at())
    where = {
        "logic": "OR",
        "rules": [
            {"field": "prop.mail", "operator": "contains", "value": "sale"},
            {"field": "prop.n", "operator": "in_last", "value": "3_days"},
        ],
    }

    tree = parse({"did": "opened", "where": where, "window": {"in_last": "6_hours"}}, catalogue)

    assert audience(tree, catalogue, scope).count() == 0
