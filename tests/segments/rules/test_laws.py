"""The laws of the language, over generated rules and a store full of oddities."""

from datetime import UTC, datetime

import pytest
from django.db.models import BooleanField, ExpressionWrapper
from hypothesis import HealthCheck, Phase, given, settings

from commerce.rollups.past import metrics_on
from segments.audience import StoreScope, audience, population
from segments.catalogue import StoreCatalogue
from segments.rules.clock import Clock
from segments.rules.compile import compile_rule
from segments.rules.dump import dump
from segments.rules.parse import parse
from tests.segments.rules import world
from tests.segments.rules.oracle import Oracle
from tests.segments.rules.trees import BATCHES, RULES

# Around midnight, the two changes of the clock, month ends and 29 February.
INSTANTS = [
    datetime(2026, 3, 28, 23, 59, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 0, tzinfo=UTC),
    datetime(2026, 3, 29, 22, 59, 59, tzinfo=UTC),
    datetime(2026, 3, 29, 23, 0, tzinfo=UTC),
    datetime(2026, 5, 31, 23, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2027, 2, 27, 12, tzinfo=UTC),
    datetime(2028, 2, 29, 12, tzinfo=UTC),
]
relaxed = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a failing batch names its rules: no need to shrink
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def people(tenant):
    return world.build(seed=7)


def ids(tree, catalogue, as_of):
    scope = StoreScope(Clock(as_of, world.LONDON))
    return set(audience(tree, catalogue, scope).values_list("pk", flat=True))


@pytest.mark.parametrize("as_of", INSTANTS, ids=str)
def test_the_compiled_rule_equals_plain_python(people, as_of):
    catalogue, oracle = StoreCatalogue(), Oracle(as_of)

    scope = StoreScope(Clock(as_of, world.LONDON))

    @settings(relaxed, max_examples=7)
    @given(rules=BATCHES)
    def holds(rules):
        conditions = {
            f"rule_{place}": ExpressionWrapper(
                compile_rule(parse(rule, catalogue), catalogue, scope), BooleanField()
            )
            for place, rule in enumerate(rules)
        }
        for row in population().annotate(**conditions).values("pk", *conditions):
            person = people[row.pop("pk")]
            wanted = [oracle.holds(rule, person) for rule in rules]
            found = [bool(answer) for answer in row.values()]
            assert found == wanted, [
                r for r, f, w in zip(rules, found, wanted, strict=True) if f != w
            ]

    with metrics_on(oracle.today):
        holds()


def test_none_is_the_complement_and_groups_obey_de_morgan(people):
    catalogue, as_of = StoreCatalogue(), INSTANTS[4]
    everybody = set(population().values_list("pk", flat=True))

    def of(logic, *rules):
        return ids(parse({"logic": logic, "rules": list(rules)}, catalogue), catalogue, as_of)

    @relaxed
    @given(one=RULES, other=RULES)
    def hold(one, other):
        assert of("NONE", one) == everybody - of("AND", one)
        not_one, not_other = ({"logic": "NONE", "rules": [rule]} for rule in (one, other))
        assert of("NONE", one, other) == of("AND", not_one, not_other)
        assert of("AND", one, other) == of("AND", other, one)
        assert of("OR", one, other) == of("OR", other, one)

    hold()


def test_what_is_saved_reads_back_the_same(people):
    catalogue = StoreCatalogue()

    @relaxed
    @given(rule=RULES)
    def holds(rule):
        tree = parse(rule, catalogue)
        saved = dump(tree, catalogue)
        assert parse(saved, catalogue) == tree
        assert dump(parse(saved, catalogue), catalogue) == saved

    holds()
