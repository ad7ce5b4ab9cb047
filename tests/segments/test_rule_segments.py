"""Saving a rule, its members, and how they follow the store."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from psycopg import sql

from commerce import stale
from segments import following, refreshing, refreshing_few
from segments.definitions import save_segment
from segments.models import (
    Membership,
    MembershipChange,
    Segment,
    SegmentRefresh,
    SegmentVersion,
)
from segments.preview import Asked
from segments.refreshing import refresh_segment, refresh_segments
from segments.rules.errors import RuleError
from segments.services import local_today
from tests.commerce.factories import CustomerFactory, OrderFactory, bring_up_to_date

SPENDERS = {"field": "total_spent", "operator": "gte", "value": 100}
RECENT = {"field": "last_order_date", "operator": "in_last", "value": "30_days"}


def buy(customer, total, *, days_ago=1):
    OrderFactory(
        customer=customer,
        total=Decimal(total),
        placed_at=timezone.now() - timedelta(days=days_ago),
    )
    bring_up_to_date(on=local_today())


@pytest.fixture
def people(tenant):
    rich, poor = CustomerFactory(first_name="Rich"), CustomerFactory(first_name="Poor")
    buy(rich, 150)
    buy(poor, 20)
    return rich, poor


def members(segment):
    return set(Membership.objects.filter(segment=segment).values_list("customer_id", flat=True))


def saved(name="Spenders", rules=SPENDERS, **options):
    segment = save_segment(name=name, rules=rules, by=None, **options)
    refresh_segment(segment, at=timezone.now(), cause="definition")
    return segment


def mark(customer, facts="orders", cause="data"):
    with connection.cursor() as cursor:
        ids = sql.SQL("SELECT {}::bigint").format(sql.Literal(customer.pk))
        stale.mark(cursor, ids, facts=facts, cause=cause)


def test_a_saved_rule_has_its_members_and_no_changes_at_first(people):
    rich, _ = people

    segment = saved()

    segment.refresh_from_db()
    assert (members(segment), segment.members_count) == ({rich.pk}, 1)
    assert not MembershipChange.objects.exists()


def test_a_new_order_moves_only_the_customer_it_belongs_to(people):
    rich, poor = people
    segment = saved()
    buy(poor, 90)
    mark(poor)

    following.follow_marks(at=timezone.now())

    change = MembershipChange.objects.get()
    assert members(segment) == {rich.pk, poor.pk}
    assert (change.customer_id, change.entered, change.cause) == (poor.pk, True, "data")


def test_evaluating_everybody_after_the_changed_ones_changes_nothing(people):
    _, poor = people
    segment = saved()
    buy(poor, 90)
    mark(poor)
    following.follow_marks(at=timezone.now())

    done = refresh_segment(segment, at=timezone.now(), cause="time")

    assert (done.entered, done.left, done.members) == (0, 0, 2)


def test_facts_that_a_rule_does_not_read_leave_it_alone(people):
    rich, _ = people
    saved()
    mark(rich, facts="event:email_opened")

    assert following.follow_marks(at=timezone.now()) == 0


def test_time_alone_moves_a_temporal_segment(people):
    segment = saved(rules=RECENT)

    following.follow_time(at=timezone.now() + timedelta(days=40))

    assert members(segment) == set()
    assert set(MembershipChange.objects.values_list("cause", flat=True)) == {"time"}


def test_a_segment_in_a_segment_is_computed_after_it(people):
    inner = save_segment(name="Spenders", rules=SPENDERS, by=None)
    outer = save_segment(
        name="Not spenders",
        rules={"field": "segment", "operator": "not_in", "value": ["spenders"]},
        by=None,
    )

    refresh_segments([outer, inner], at=timezone.now(), cause="definition")

    assert members(outer) == {people[1].pk}


def test_a_cycle_is_refused_with_its_path(people):
    inner = saved("Inner")
    outer = saved("Outer", {"field": "segment", "operator": "in", "value": ["inner"]})

    with pytest.raises(RuleError, match="Inner → Outer"):
        save_segment(
            name="Inner",
            rules={"field": "segment", "operator": "in", "value": [outer.pk]},
            by=None,
            segment=inner,
        )

    inner.refresh_from_db()
    assert inner.rules["rules"][0]["field"] == "total_spent"


def test_every_save_is_a_version(people):
    segment = saved()

    save_segment(name="Big spenders", rules=RECENT, by=None, segment=segment)

    versions = list(SegmentVersion.objects.filter(segment=segment))
    assert [version.number for version in versions] == [2, 1]
    assert versions[0].difference[-1] == "Renamed from “Spenders”."
    assert versions[0].difference[0].startswith("Now: Last order in the last 30 days")


def test_a_name_is_needed_and_taken_once(people):
    saved()

    with pytest.raises(ValidationError, match="Another segment"):
        save_segment(name="spenders ", rules=SPENDERS, by=None)
    with pytest.raises(ValidationError, match="Give the segment a name"):
        save_segment(name=" ", rules=SPENDERS, by=None)

    assert Segment.objects.count() == 1


def test_a_rule_that_stopped_being_valid_keeps_its_last_members(people):
    rich, _ = people
    segment = saved()
    segment.rules = {"v": 1, "logic": "AND", "rules": [SPENDERS | {"field": "attr.gone"}]}
    segment.save()

    done = refresh_segment(segment, at=timezone.now(), cause="time")

    segment.refresh_from_db()
    assert segment.state == Segment.State.NEEDS_ATTENTION
    assert "attr.gone" in segment.state_reason
    assert (members(segment), done.error) == ({rich.pk}, segment.state_reason)


def test_the_preview_counts_exactly_and_says_why(people):
    either = {"logic": "OR", "rules": [SPENDERS | {"id": "a"}, RECENT | {"id": "b"}]}
    asked = Asked(either, asker=None)

    found = asked.totals()

    assert (found.total, found.base, found.revenue) == (2, 2, Decimal(170))
    assert [(node.id, node.customers) for node in asked.nodes()] == [("a", 1), ("b", 2)]
    (best, why), _ = asked.samples()
    assert best.customer_id == people[0].pk
    assert why[0] == "spent at least £100.00"
    assert asked.warnings(found) == ["Everybody matches: this rule leaves nobody out."]


def test_the_preview_counts_who_matches_for_want_of_a_value(people):
    asked = Asked({"field": "city", "operator": "ne", "value": "York", "id": "x"} | {}, asker=None)

    node = next(node for node in asked.nodes() if node.id == "x")

    assert (node.customers, node.unknown) == (2, 2)


def test_the_impact_of_an_edit_names_who_enters_and_leaves(people):
    segment = saved()

    below = {"field": "total_spent", "operator": "lt", "value": 100}
    impact = Asked(below, asker=None).impact(segment)

    rich, poor = people
    assert impact == {
        "entering": {"customers": 1, "revenue": Decimal(20), "samples": [poor.metrics]},
        "leaving": {"customers": 1, "revenue": Decimal(150), "samples": [rich.metrics]},
    }


def test_readers_of_a_share_follow_who_was_pushed_out_of_it(tenant):
    first, second = CustomerFactory(), CustomerFactory()
    buy(first, 100)
    buy(second, 50)
    best = saved("Best half", {"field": "total_spent", "operator": "top_percent", "value": 50})
    reader = saved("Reader", {"field": "segment", "operator": "in", "value": [best.pk]})
    assert members(reader) == {first.pk}
    buy(second, 500)
    mark(second)

    following.follow_marks(at=timezone.now())

    assert (members(best), members(reader)) == ({second.pk}, {second.pk})


def test_a_share_moved_by_an_import_sets_nothing_off(tenant):
    first, second = CustomerFactory(), CustomerFactory()
    buy(first, 100)
    buy(second, 50)
    saved("Best half", {"field": "total_spent", "operator": "top_percent", "value": 50})
    buy(second, 500)
    mark(second, cause="import")

    following.follow_marks(at=timezone.now())

    assert {change.cause for change in MembershipChange.objects.all()} == {"import"}


def test_many_changed_customers_are_counted_with_everybody(people, monkeypatch):
    monkeypatch.setattr(following, "MANY", 0)
    rich, poor = people
    segment = saved()
    buy(poor, 90)
    mark(poor, cause="import")

    following.follow_marks(at=timezone.now())

    change = MembershipChange.objects.get()
    assert members(segment) == {rich.pk, poor.pk}
    assert (change.customer_id, change.cause) == (poor.pk, "import")


def test_an_order_that_moves_nobody_leaves_no_row_of_a_refresh(people):
    rich, _ = people
    segment = saved()
    before = SegmentRefresh.objects.filter(segment=segment).count()
    buy(rich, 10)
    mark(rich)

    done = following.follow_marks(at=timezone.now())

    assert (done, SegmentRefresh.objects.filter(segment=segment).count()) == (1, before)


def test_twenty_segments_follow_one_order_in_as_many_questions_as_two(
    people, django_assert_max_num_queries
):
    _, poor = people
    for amount in range(20):
        saved(f"Over {amount}", {"field": "total_spent", "operator": "gt", "value": amount + 20})
    buy(poor, 5)
    mark(poor)

    with django_assert_max_num_queries(55):
        done = following.follow_marks(at=timezone.now())

    assert done == 20
    assert MembershipChange.objects.filter(customer=poor, entered=True).count() == 5


@pytest.mark.parametrize("is_whole", [False, True])
def test_a_segment_that_cannot_be_counted_holds_up_no_other(people, monkeypatch, is_whole):
    """A value nobody foresaw: the database refuses the query of one of two segments."""
    rich, poor = people
    broken = saved("Broken", {"field": "total_spent", "operator": "gte", "value": 77})
    segment = saved()
    honest = refreshing.audience

    def audience(tree, catalogue, scope):
        rows = honest(tree, catalogue, scope)
        return rows.extra(where=["1 / 0 = 1"]) if tree.rules[0].value == 77 else rows

    for module in (refreshing, refreshing_few):
        monkeypatch.setattr(module, "audience", audience)
    buy(poor, 90)
    mark(poor)
    if is_whole:
        refresh_segments([broken, segment], at=timezone.now(), cause="data")
    else:
        following.follow_marks(at=timezone.now())

    broken.refresh_from_db()
    assert (broken.state, members(broken)) == ("needs_attention", {rich.pk})
    assert "cannot be compared" in broken.state_reason
    assert members(segment) == {rich.pk, poor.pk}
