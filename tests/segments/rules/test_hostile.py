"""Whatever is sent as a rule: a tree that runs, or RuleError. Values never become SQL."""

import json
from contextlib import suppress
from copy import deepcopy

import pytest
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from commerce.models import AttributeDefinition, EventName
from segments.audience import StoreScope, audience, clock_at
from segments.catalogue import StoreCatalogue
from segments.models import Segment
from segments.rules.bounds import BOUNDS
from segments.rules.dump import dump
from segments.rules.errors import RuleError
from segments.rules.parse import parse
from segments.rules.sentence import sentence
from segments.rules.speech import Speech

relaxed = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
MARK = "zqx"  # in every hostile text, and in no SQL of ours
TEXTS = [
    f"{MARK}'; DROP TABLE commerce_customer; --",
    f'{MARK}" OR "1"="1',
    f"{MARK}%s %(x)s {{value}} {{0}}",
    f"{MARK}\\' \\x00 %% _ [a-z]*(((((a+)+)+$",
    f"{MARK}\x00",
    f"{MARK}\ud800",
    f"{MARK}\u202e\u0000\ufeff",
    MARK * 5_000,
]
HOSTILE = [
    *TEXTS, "", " ", "²", "٣", "0099", "1e999999", "-0", "NaN", "Infinity", "__class__", "password",
    "customer__user__password", "pk", "9" * 5_000, "99999_days", "²_days", "0000-00-00",
    "9999-12-31", "9999_years_ago", "this_", "last_decade", None, True, False, -1, 0, 2**63,
    10**400, 1e308, 1.1e-300, float("nan"), float("inf"), [], {}, [[]], [None], [{}],
    [1, "a", None], ["x"] * 501, list(range(600)), {"": ""}, {"rules": []}, {"$gt": ""},
    {"__class__": 1}, {"lat": "x", "lon": 0, "km": 1}, {"percent": 1e-9, "salt": "\x00"},
    {"segments": ["²"]},
    {"segments": [MARK + "\x00"], "in_last": "1_day"}, {"segments": [10**30], "on": "today"},
]  # fmt: skip
VALID = [
    {"rules": [{"field": "total_spent", "operator": "gte", "value": "12.50"}], "logic": "AND"},
    {"AND": [{"total_orders": {"gte": 2, "lt": 9}}, {"NONE": [{"city": "York"}]}]},
    {"field": "first_name", "operator": "contains", "value": "o", "id": "a1"},
    {"field": "tags", "operator": "has_all", "value": ["a", "b"], "disabled": False},
    {"field": "city", "operator": "not_in", "value": ["a", "b"], "unknown": "exclude"},
    {"field": "birthday", "operator": "anniversary_month_is", "value": "march"},
    {"field": "last_order_date", "operator": "between", "value": ["90_days_ago", "today"]},
    {"field": "last_order_date", "operator": "between_ago", "value": ["1_month", "2_months"]},
    {"field": "rfm_changed_at", "operator": "in_period", "value": "last_quarter"},
    {"field": "location", "operator": "within_distance", "value": {"lat": 1, "lon": 2, "km": 3}},
    {"field": "sample", "operator": "percent", "value": {"percent": 10, "salt": "x"}},
    {"field": "segment", "operator": "in", "value": ["friends"]},
    {"field": "segment", "operator": "entered", "value": {"segments": [1], "in_last": "7_days"}},
    {"field": "segment", "operator": "was_in", "value": {"segments": [1], "on": "yesterday"}},
    {"field": "lunch_share", "operator": "top_percent", "value": 20},
    {"field": "total_spent", "operator": "top_n", "value": 20},
    {"field": "attr.plan", "operator": "starts_with", "value": "pro"},
    {"field": "rfm_segment", "operator": "in", "value": ["Champions"]},
    {
        "did": "order_line",
        "where": {"logic": "OR", "rules": [{"field": "sku", "operator": "eq", "value": "a"}]},
        "window": {"in_last": "90_days"},
        "measure": "sum:quantity",
        "operator": "between",
        "value": [1, 2],
        "orders": "all",
    },
    {
        "did": "opened",
        "where": {"rules": [{"field": "prop.n", "operator": "gte", "value": 3}]},
        "window": {"in_last": "6_hours"},
        "measure": "days_since_last",
        "value": 3,
    },
]


@pytest.fixture
def store(tenant):
    AttributeDefinition.objects.create(key="plan", label="Plan", kind="text")
    properties = {"mail": "text", "n": "number"}
    EventName.objects.create(name="opened", label="{Opened} %s", properties=properties)
    Segment.objects.create(pk=1, name="Friends", slug="friends")
    return StoreCatalogue()


def ask(raw, catalogue, *, runs=True):
    """Return whether `raw` is a rule; if so, save and run it."""
    try:
        tree = parse(raw, catalogue)
    except RuleError as error:
        steps = [type(step) for step in error.path]
        return not {str, int}.issuperset(steps) or not error.message or None
    scope = StoreScope(clock_at())
    saved = json.loads(json.dumps(dump(tree, catalogue), allow_nan=False))
    assert parse(saved, catalogue) == tree
    assert sentence(tree, catalogue, Speech(scope.clock))
    rows = audience(tree, catalogue, scope)
    with suppress(EmptyResultSet):
        assert MARK not in rows.query.sql_with_params()[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::jsonb", [json.dumps(saved)])  # refuses NUL and half characters
    if runs:
        rows.count()
    return True


def places(raw, path=()):
    """Yield the path of every value in `raw`."""
    yield path
    if isinstance(raw, dict | list):
        for step, value in raw.items() if isinstance(raw, dict) else enumerate(raw):
            yield from places(value, (*path, step))


def put(raw, path, value):
    if not path:
        return value
    changed = deepcopy(raw)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


MUTATIONS = [(rule, path) for rule in VALID for path in places(rule)]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(TEXTS),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["rules", "logic", "field", "did", "AND", "value", "city", "v"])
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def test_every_rule_that_is_to_be_spoilt_is_a_rule(store):
    assert all(ask(rule, store) for rule in VALID)


def test_any_json_is_a_rule_or_refused(store):
    @relaxed
    @given(raw=JSON)
    def holds(raw):
        ask(raw, store)

    holds()
    assert not connection.needs_rollback


def test_a_rule_spoilt_anywhere_is_a_rule_or_refused(store):
    accidents = []
    for rule, path in MUTATIONS:
        for value in HOSTILE:
            spoilt = put(rule, path, value)
            try:
                with transaction.atomic():
                    ask(spoilt, store, runs=path[-1:] not in (("id",), ("disabled",)))
            except Exception as error:  # noqa: BLE001 - each kind is told apart below
                accidents.append((type(error).__name__, str(error)[:80], path, repr(value)[:60]))

    assert accidents == []
    assert Segment.objects.count() == 1


def nested(depth, leaf):
    for _ in range(depth):
        leaf = {"logic": "AND", "rules": [leaf]}
    return leaf


LEAF = {"field": "total_orders", "operator": "gte", "value": 1}
TOO_MUCH = [
    nested(BOUNDS.max_depth + 1, LEAF),
    nested(400, LEAF),
    nested(5_000, LEAF),
    {"rules": [LEAF] * (BOUNDS.max_leaves + 1)},
    {"rules": [nested(1, LEAF)] * (BOUNDS.max_leaves + 1)},
    {"rules": [{"field": "city", "operator": "in", "value": ["x"] * (BOUNDS.max_values + 1)}]},
    {"rules": [LEAF | {"note": "x" * BOUNDS.max_bytes}]},
    {"rules": [{"field": "city", "operator": "eq", "value": "x" * (BOUNDS.max_text + 1)}]},
    {"did": "order", "where": nested(BOUNDS.max_depth + 1, LEAF)},
]


@pytest.mark.parametrize("raw", TOO_MUCH, ids=range(len(TOO_MUCH)))
def test_too_much_is_refused(store, raw):
    with pytest.raises(RuleError):
        parse(raw, store)


@pytest.mark.parametrize(
    "name",
    ["password", "customer__email_key", "pk", "customer_id", "__class__", "attr.", "attr.__class__",
     "in_base", "habits__lunch_orders", "prop.mail", "total_spent__gt", "TOTAL_SPENT ", "?"],
)  # fmt: skip
def test_only_fields_of_the_catalogue_can_be_asked(store, name):
    with pytest.raises(RuleError, match="There is no field"):
        parse({"field": name, "operator": "is_set"}, store)
