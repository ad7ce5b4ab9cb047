"""Sets of segments: one place per customer, overlaps said, hints, and who may change them."""

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from segments import sets, usages
from segments.models import Membership, Segment, SegmentSet, SetEntry
from tests.commerce.factories import CustomerFactory, bring_up_to_date
from tests.commerce.histories import TODAY
from tests.conftest import sign_in


@pytest.fixture
def people(tenant):
    found = [CustomerFactory() for _ in range(6)]
    bring_up_to_date(on=TODAY)
    return found


def segment(name, *customers, **values):
    row = Segment.objects.create(name=name, slug=name.lower(), kind="manual", **values)
    for customer in customers:
        Membership.objects.create(segment=row, customer=customer, since="2026-01-01T00:00Z")
    return row


def saved(*rows, is_exclusive=True, use="write to them", name="Plan"):
    return sets.save_set(
        None,
        name=name,
        description="",
        is_exclusive=is_exclusive,
        entries=[(row.pk, use) for row in rows],
        by=None,
    )


@pytest.fixture
def plan(people):
    """Gold holds 0 1 2, Silver 2 3, Bronze 0 3: nobody is left for Bronze; 4 and 5 are in none."""
    gold = segment("Gold", *people[:3])
    silver = segment("Silver", *people[2:4])
    bronze = segment("Bronze", people[0], people[3])
    return saved(gold, silver, bronze)


def ids(query):
    return {pk for (pk,) in query.values_list("customer_id")}


def test_each_customer_is_in_the_highest_segment_only(plan, people):
    gold, silver, bronze = (entry.segment for entry in sets.entries_of(plan))

    assert ids(sets.members(gold, of=plan)) == {person.pk for person in people[:3]}
    assert ids(sets.members(silver, of=plan)) == {people[3].pk}
    assert ids(sets.members(bronze, of=plan)) == set()


def test_a_set_is_counted_in_three_queries(plan, django_assert_num_queries):
    with django_assert_num_queries(3):
        found = sets.figures(plan)

    assert [(line.alone, line.counted) for line in found.lines] == [(3, 3), (2, 1), (2, 0)]
    assert found.shared == {(0, 1): 1, (0, 2): 1, (1, 2): 1}
    assert (found.covered, found.uncovered, found.base) == (4, 2, 6)


def test_who_is_left_out_of_the_base_is_not_counted(plan, people):
    people[0].left_out_by_hand, people[0].left_out_as = True, "by_hand"
    people[0].save()
    bring_up_to_date(on=TODAY)

    found = sets.figures(plan)

    assert [(line.alone, line.counted) for line in found.lines] == [(2, 2), (2, 1), (1, 0)]
    assert (found.covered, found.base) == (3, 5)


def test_the_order_decides_who_counts_where(plan):
    entries = [(entry.segment_id, "") for entry in reversed(sets.entries_of(plan))]
    sets.save_set(plan, name="Plan", description="", is_exclusive=True, entries=entries, by=None)

    lines = sets.figures(plan).lines

    assert [(line.entry.segment.name, line.counted) for line in lines] == [
        ("Bronze", 2), ("Silver", 1), ("Gold", 1),
    ]  # fmt: skip


def test_overlaps_are_said_of_sets_that_should_have_none(plan):
    found = sets.figures(plan)

    assert sets.overlaps(plan, found) == [
        "“Gold” and “Silver” share 1 customer: they count as “Gold”.",
        "“Gold” and “Bronze” share 1 customer: they count as “Gold”.",
        "“Silver” and “Bronze” share 1 customer: they count as “Silver”.",
        "Nobody is left for “Bronze”: all of it is in higher segments.",
    ]
    plan.is_exclusive = False
    assert sets.overlaps(plan, found) == []


FIVE = ", ".join(f"“S{number}”" for number in range(5))


@pytest.mark.parametrize(
    ("number", "use", "said"),
    [
        (4, "write", ["4 of 5 to 8 segments: a coarse set treats many alike."]),
        (5, "write", []),
        (8, "write", []),
        (9, "write", ["9 segments are more than most teams act on; 5 to 8 are enough."]),
        (5, "", [f"Nothing says what is done with {FIVE}. Write it beside them."]),
    ],
)
def test_hints_say_what_makes_a_set_hard_to_act_on(tenant, number, use, said):
    row = saved(*(segment(f"S{n}") for n in range(number)), use=use)

    assert sets.hints(sets.entries_of(row)) == said


@pytest.mark.parametrize(
    ("change", "box"),
    [
        ({"name": " "}, "name"),
        ({"name": "PLAN"}, "name"),
        ({"entries": []}, "entries"),
        ({"entries": [(0, ""), (0, "")]}, "entries"),
        ({"entries": [(0, ""), (999_999, "")]}, "entries"),
        ({"entries": [(0, "x" * 201), (1, "")]}, "entries"),
    ],
)
def test_what_is_no_set_is_refused_by_box(plan, change, box):
    known = [entry.segment_id for entry in sets.entries_of(plan)]
    values = {"name": "New", "entries": [(0, ""), (1, "")]} | change
    values["entries"] = [(known[pk] if pk < 3 else pk, use) for pk, use in values["entries"]]

    with pytest.raises(ValidationError) as refused:
        sets.save_set(None, description="", is_exclusive=True, by=None, **values)

    assert list(refused.value.message_dict) == [box]
    assert SegmentSet.objects.count() == 1


def test_a_segment_of_a_set_cannot_be_deleted_unseen(plan):
    gold = Segment.objects.get(name="Gold")

    with pytest.raises(usages.InUse, match="set of segments “Plan”"):
        usages.delete_segment(gold, by=None)

    sets.delete_set(plan, by=None)
    usages.delete_segment(gold, by=None)
    assert not SetEntry.objects.exists()


def test_the_pages_make_order_and_delete_a_set(owner, people):
    rows = [segment(name, people[n]) for n, name in enumerate(("One", "Two", "Three"))]
    made = owner.post(
        reverse("admin:segment_set_add"),
        {
            "name": "Mine",
            "is_exclusive": "on",
            "segment": [rows[2].pk, rows[0].pk],
            "use": ["call", "write"],
            "add": rows[1].pk,
        },
    )
    row = SegmentSet.objects.get()

    assert made.url == reverse("admin:segment_set", args=[row.pk])
    told = [(entry.segment.name, entry.use) for entry in sets.entries_of(row)]
    assert told == [("Three", "call"), ("One", "write"), ("Two", "")]
    page = owner.get(made.url).content.decode()
    assert "In none of them" in page
    assert "Mine" in owner.get(reverse("admin:segment_sets")).content.decode()
    assert "Three" in owner.get(reverse("admin:segment_set_edit", args=[row.pk])).content.decode()
    owner.post(reverse("admin:segment_set_edit", args=[row.pk]), {"step": "delete"})
    assert not SegmentSet.objects.exists()
    assert LogEntry.objects.filter(additional_data__what="segment_set").count() == 2


def test_a_refused_form_keeps_what_was_typed(owner, people):
    answer = owner.post(
        reverse("admin:segment_set_add"), {"name": "Alone", "add": segment("One").pk}
    )

    assert answer.status_code == 400
    text = answer.content.decode()
    assert "A set holds 2 to 20 segments." in text
    assert 'value="Alone"' in text
    assert not SegmentSet.objects.exists()


def test_a_viewer_looks_and_changes_nothing(member, plan):
    viewer, edit = member("viewer"), reverse("admin:segment_set_edit", args=[plan.pk])

    assert viewer.get(reverse("admin:segment_set", args=[plan.pk])).status_code == 200
    assert viewer.get(edit).status_code == 403
    assert viewer.post(edit, {"step": "delete"}).status_code == 403
    assert SegmentSet.objects.count() == 1


def test_a_stranger_finds_no_set(other_tenant, plan):
    address = reverse("admin:segment_set", args=[plan.pk])
    connection.set_tenant(other_tenant)
    stranger = sign_in(other_tenant, User.objects.create_superuser("stranger", "s@globex.test"))

    assert stranger.get(address).status_code == 404
    assert "Plan" not in stranger.get(reverse("admin:segment_sets")).content.decode()


def test_a_page_asks_as_often_for_twelve_segments_as_for_three(
    owner, people, django_assert_max_num_queries
):
    row = saved(*(segment(f"S{n}", people[n % 6]) for n in range(12)))

    with django_assert_max_num_queries(36):
        owner.get(reverse("admin:segment_set", args=[row.pk]))
