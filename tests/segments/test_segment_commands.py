"""evaluate_rules and refresh_segments as somebody types them."""

import csv
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from segments.definitions import save_segment
from segments.models import Membership, Segment, SegmentRefresh, SegmentVersion
from segments.services import local_today
from tenants.models import Run
from tests.commerce.factories import CustomerFactory, OrderFactory, bring_up_to_date
from tests.segments.api_shop import SPENDERS, make_segment, open_shop

RULE = {
    "logic": "AND",
    "rules": [
        {"field": "total_spent", "operator": "gte", "value": 10},
        {"logic": "NONE", "rules": [{"field": "total_spent", "operator": "gte", "value": 100}]},
        {"field": "city", "operator": "eq", "value": "Leeds", "disabled": True},
    ],
}
RECENT = {"field": "last_order_date", "operator": "in_last", "value": "30_days"}


@pytest.fixture
def shop(tenant):
    return open_shop()


@pytest.fixture
def rule(tmp_path):
    def write(content):
        path = tmp_path / "rule.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write


def run(capsys, *arguments):
    """Return what a command printed."""
    call_command(arguments[0], "--tenant", "acme", *map(str, arguments[1:]))
    return capsys.readouterr().out


def refusal(*arguments):
    with pytest.raises(CommandError) as caught:
        call_command(arguments[0], *map(str, arguments[1:]))
    return caught.value.returncode, str(caught.value)


def test_a_rule_is_counted_condition_by_condition(shop, rule, capsys):
    answer = json.loads(run(capsys, "evaluate_rules", rule(RULE), "--json"))

    assert (answer["customers"], answer["base"], answer["share"]) == (1, 3, 0.333333)
    assert [one["customers"] for one in answer["conditions"]] == [2, 1]
    assert answer["conditions"][0]["words"] == "spent at least £10.00"
    assert answer["as_of"] == str(local_today())
    assert answer["notes"] == []
    assert not Segment.objects.exists()


def test_a_rule_is_told_in_words_and_a_table(shop, rule, capsys):
    text = run(capsys, "evaluate_rules", rule(RULE))

    assert "spent at least £100.00" in text
    assert f"1 of 3 customers (33.3%) as of {local_today()}." in text


def test_members_are_written_by_the_stores_own_ids(shop, rule, capsys, tmp_path):
    target = tmp_path / "members.csv"

    run(capsys, "evaluate_rules", rule(SPENDERS), "--members", target)

    with target.open(encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    assert rows == [["customer", "customer_id"], [str(shop[0].pk), "till/Ada"]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["members.csv", "rule.json"]


def test_members_that_cannot_be_written_are_a_failure(shop, rule, tmp_path):
    target = tmp_path / "none" / "members.csv"

    code, words = refusal("evaluate_rules", "--tenant", "acme", rule(SPENDERS), "--members", target)

    assert (code, words.startswith("Cannot write")) == (1, True)


def test_another_day_is_looked_at_from_its_end(shop, rule, capsys):
    before = local_today() - timedelta(days=4)

    text = run(capsys, "evaluate_rules", rule(SPENDERS), "--as-of", before, "--json")

    answer = json.loads(text)
    assert (answer["customers"], answer["as_of"]) == (0, str(before))
    assert answer["conditions"][0]["customers"] == 0
    assert "read as of today" in answer["notes"][0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "This is not JSON"),
        ('{"a": "\\ud800"}', "half a character"),
        ({"field": "nothing", "operator": "eq", "value": 1}, "nothing"),
        ({"logic": "AND", "rules": [{"field": "total_spent", "operator": "gte"}]}, "[rules][0]"),
        ("x" * 300_000, "larger than a rule may be"),
    ],
)
def test_a_file_that_holds_no_rule_is_wrong_use(shop, rule, content, words):
    code, said = refusal("evaluate_rules", "--tenant", "acme", rule(content))

    assert code == 2
    assert words in said


def test_a_file_that_is_not_there_is_wrong_use(shop, tmp_path):
    code, said = refusal("evaluate_rules", "--tenant", "acme", tmp_path / "none.json")

    assert (code, "Cannot read" in said) == (2, True)


def test_all_live_segments_are_refreshed(shop, capsys):
    save_segment(name="Rich", rules=SPENDERS, by=None)
    save_segment(name="Recent", rules=RECENT, by=None)
    archived = make_segment("Old")
    Segment.objects.filter(pk=archived.pk).update(state="archived")

    answer = json.loads(run(capsys, "refresh_segments", "--json"))

    assert {row["slug"]: row["members"] for row in answer["refreshed"]} == {"rich": 1, "recent": 2}
    assert answer["failed"] == []
    with schema_context("public"):
        assert Run.objects.filter(job="refresh", state="done").count() == 1


def test_one_segment_is_refreshed_with_those_that_read_it(shop, capsys):
    rich = make_segment("Rich")
    make_segment("Other", RECENT)
    save_segment(
        name="Reader", by=None, rules={"field": "segment", "operator": "in", "value": [rich.pk]}
    )

    answer = json.loads(run(capsys, "refresh_segments", "--segment", "RICH", "--json"))

    assert [row["slug"] for row in answer["refreshed"]] == ["rich", "reader"]


def test_a_rule_that_no_longer_holds_is_named(shop, capsys):
    save_segment(name="Rich", rules=SPENDERS, by=None)
    Segment.objects.update(rules={"logic": "AND", "rules": [{"field": "gone"}]})

    answer = json.loads(run(capsys, "refresh_segments", "--json"))

    assert answer["failed"] == ["rich"]
    assert Segment.objects.get().state == "needs_attention"
    code, said = refusal("refresh_segments", "--tenant", "acme", "--segment", "rich")
    assert (code, "no longer holds" in said) == (1, True)


def test_another_day_only_reports(shop, capsys):
    segment = make_segment("Recent", RECENT)
    late = CustomerFactory()
    OrderFactory(customer=late, total=Decimal(5), placed_at=timezone.now() - timedelta(days=40))
    bring_up_to_date(on=local_today())
    before = SegmentRefresh.objects.count()

    day = local_today() - timedelta(days=20)
    answer = json.loads(run(capsys, "refresh_segments", "--as-of", day, "--json"))

    (row,) = answer["segments"]
    assert (row["members"], row["then"], row["only_then"], row["only_now"]) == (2, 1, 1, 2)
    assert SegmentRefresh.objects.count() == before
    assert Membership.objects.filter(segment=segment).count() == 2


def test_reporting_wakes_no_segment_that_needs_attention(shop, capsys):
    segment = make_segment()
    Segment.objects.update(state="needs_attention", state_reason="x")

    run(capsys, "refresh_segments", "--segment", segment.pk, "--as-of", "2026-01-01")

    segment.refresh_from_db()
    assert segment.state == "needs_attention"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["refresh_segments"], 2),
        (["refresh_segments", "--tenant", "nobody"], 2),
        (["refresh_segments", "--tenant", "acme", "--segment", "nothing"], 2),
        (["refresh_segments", "--tenant", "acme", "--segment", "champions"], 2),
        (["refresh_segments", "--tenant", "acme", "--segment", "old"], 1),
        (["evaluate_rules", "/dev/null"], 2),
    ],
)
def test_wrong_use_and_failure_have_their_codes(shop, arguments, code):
    Segment.objects.create(name="Champions", slug="champions", kind="rfm", key="champions")
    Segment.objects.create(name="Old", slug="old", state="archived", rules=SPENDERS)

    seen, _ = refusal(*arguments)

    assert seen == code
    assert not Membership.objects.exists()


def test_the_merchant_next_door_stays_as_it_is(shop, rule, capsys, tenant, other_tenant):
    connection.set_tenant(other_tenant)
    theirs = save_segment(name="Theirs", rules=SPENDERS, by=None)
    CustomerFactory()
    connection.set_tenant(tenant)

    counted = json.loads(run(capsys, "evaluate_rules", rule(SPENDERS), "--json"))
    refreshed = json.loads(run(capsys, "refresh_segments", "--json"))
    code, _ = refusal("refresh_segments", "--tenant", "acme", "--segment", "theirs")

    assert (counted["base"], refreshed["refreshed"], code) == (3, [], 2)
    connection.set_tenant(other_tenant)
    theirs.refresh_from_db()
    assert theirs.refreshed_at is None
    assert SegmentVersion.objects.count() == 1
