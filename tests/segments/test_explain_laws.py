"""Explain against plain Python: every leaf's verdict, and the day on which the rule turns."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from segments import explain_history
from segments.explain import explain
from segments.rules import explain_days
from segments.rules.errors import RuleError
from tests.segments.rules import world
from tests.segments.rules.oracle import Oracle
from tests.segments.rules.trees import BATCHES

AS_OF = [
    datetime(2026, 3, 29, 12, tzinfo=UTC),
    datetime(2026, 6, 1, 8, 30, tzinfo=UTC),
    datetime(2027, 2, 27, 12, tzinfo=UTC),
]
AHEAD = 400  # days that plain Python walks one by one
RULES = 16  # of each batch and instant, each for two customers

relaxed = settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def people(tenant):
    return world.build(seed=7)


def midnights(as_of):
    """Return plain Python's evaluators at the start of each coming local day."""
    today = as_of.astimezone(world.LONDON).date()
    days = [today + timedelta(days=step) for step in range(1, AHEAD)]
    starts = [datetime(d.year, d.month, d.day, tzinfo=world.LONDON).astimezone(UTC) for d in days]
    return list(zip(days, map(Oracle, starts), strict=True))


def leaves(rule):
    """Return the evaluated leaves of a rule in the order of the tree."""
    if rule.get("disabled"):
        return []
    if "rules" in rule:
        return [leaf for member in rule["rules"] for leaf in leaves(member)]
    return [rule]


def told(node):
    return [leaf for member in node.members for leaf in told(member)] if node.logic else [node]


@pytest.mark.parametrize(("as_of", "few"), zip(AS_OF, (0, 0, 6), strict=True), ids=str)
def test_verdicts_and_days_equal_plain_python(people, monkeypatch, as_of, few):
    # Few rows are not thinned out: the small store must have more than enough of them.
    for module in (explain_days, explain_history):
        monkeypatch.setattr(module, "FEW", few)
    oracle, later, random = Oracle(as_of), midnights(as_of), Random(1)

    @relaxed
    @given(rules=BATCHES)
    def holds(rules):
        for rule in rules[:RULES]:
            for person in random.sample(list(people.values()), 2):
                found = explain(rules=rule, customer_id=person.row.pk, as_of=as_of)
                now = oracle.holds(rule, person)
                turns = (day for day, then in later if then.holds(rule, person) is not now)
                wanted = next(turns, None)

                assert found.holds is now, rule
                verdicts = [leaf.holds for leaf in told(found.root)]
                assert verdicts == [oracle.holds(leaf, person) for leaf in leaves(rule)], rule
                if wanted is None:
                    assert found.changes_on is None or found.changes_on > later[-1][0], rule
                else:
                    assert found.changes_on == wanted, (rule, found.outlook)

    holds()


def test_a_broken_rule_is_refused_with_its_place(people):
    with pytest.raises(RuleError):
        explain(rules={"field": "nothing", "operator": "eq", "value": 1}, customer_id=1)
