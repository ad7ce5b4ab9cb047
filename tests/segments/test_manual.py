"""Segments chosen by hand: who gets in and out, lists, merges, and who may."""

from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import tenant_context

from commerce import merging
from segments import manual
from segments.definitions import save_segment
from segments.manual_file import Unreadable, find, read_list
from segments.models import ManualMember, Membership, MembershipChange, Segment
from tenants import jobs
from tests.commerce.factories import (
    CustomerFactory,
    CustomerIdentityFactory,
    OrderFactory,
    bring_up_to_date,
)
from tests.conftest import sign_in

NOW = timezone.now


@pytest.fixture
def people(tenant):
    found = [CustomerFactory(email=f"person{n}@example.test") for n in range(4)]
    for customer in found:
        OrderFactory(customer=customer, placed_at=NOW() - timedelta(days=2))
    bring_up_to_date(on=timezone.localdate())
    return found


@pytest.fixture
def press(people):
    return manual.create_manual(name="Press", by=None)


def put(segment, *customers):
    ids = [customer.pk for customer in customers]
    return manual.add_members(segment, ids, by=None, at=NOW())


def members(segment):
    return set(Membership.objects.filter(segment=segment).values_list("customer_id", flat=True))


def changes(segment):
    rows = MembershipChange.objects.filter(segment=segment).order_by("pk")
    return list(rows.values_list("customer_id", "entered", "cause"))


def lines(text, encoding="utf-8"):
    return [(one.line, one.value) for one in read_list(text.encode(encoding))]


def test_who_is_put_in_enters_by_hand_and_is_audited(press, people):
    done = put(press, people[0], people[1])

    press.refresh_from_db()
    assert done == manual.Chosen(added=2, doubles=0)
    assert (members(press), press.members_count) == ({people[0].pk, people[1].pk}, 2)
    assert sorted(changes(press)) == [(p.pk, True, "manual") for p in people[:2]]
    entry = LogEntry.objects.get(additional_data__what="segment_members")
    assert entry.additional_data["added"] == 2


def test_who_is_in_already_is_a_double(press, people):
    put(press, people[0])

    assert put(press, people[0], people[1]) == manual.Chosen(added=1, doubles=1)


def test_who_is_taken_out_leaves_by_hand(press, people):
    put(press, people[0], people[1])

    removed = manual.remove_members(press, [people[0].pk], by=None, at=NOW())

    assert (removed, members(press)) == (1, {people[1].pk})
    assert changes(press)[-1] == (people[0].pk, False, "manual")


def test_a_segment_with_rules_takes_nobody_by_hand(people):
    rules = {"field": "total_orders", "operator": "gte", "value": 1}
    segment = save_segment(name="Buyers", rules=rules, by=None)

    with pytest.raises(ValidationError, match="fills itself"):
        put(segment, people[0])

    assert not ManualMember.objects.exists()


def test_more_than_a_hand_can_choose_is_refused_whole(press, people, monkeypatch):
    monkeypatch.setattr(manual, "MOST", 2)
    put(press, people[0])

    with pytest.raises(ValidationError, match="at most"):
        put(press, people[1], people[2])

    assert members(press) == {people[0].pk}


def test_who_is_left_out_of_the_base_comes_back_by_themselves(press, people):
    put(press, people[0])
    people[0].left_out_as = "staff"
    people[0].save()
    bring_up_to_date(on=timezone.localdate())
    manual.settle_all(at=NOW())
    assert members(press) == set()

    people[0].left_out_as = ""
    people[0].save()
    bring_up_to_date(on=timezone.localdate())
    manual.settle_all(at=NOW())

    assert members(press) == {people[0].pk}


def test_segments_that_read_it_are_counted_again(press, people):
    reader = save_segment(
        name="Not press",
        rules={"field": "segment", "operator": "not_in", "value": [press.pk]},
        by=None,
    )
    jobs.run_now("refresh", params={"segments": [reader.pk], "cause": "definition"})

    put(press, people[0])

    assert jobs.latest("refresh").params == {"segments": [reader.pk], "cause": "manual"}


def test_a_merge_and_its_undo_keep_who_was_chosen(press, people):
    kept, gone = people[0], people[1]
    put(press, gone)

    done = merging.merge(survivor=kept.pk, absorbed=gone.pk, by=None, at=NOW())
    merged = members(press)
    merging.undo(done.pk, by=None, at=NOW())

    assert (merged, members(press)) == ({kept.pk}, {gone.pk})
    assert {cause for *_, cause in changes(press)} == {"manual", "merge"}


def test_both_chosen_become_one_and_two_again(press, people):
    kept, gone = people[0], people[1]
    put(press, kept, gone)

    done = merging.merge(survivor=kept.pk, absorbed=gone.pk, by=None, at=NOW())
    merged = members(press)
    merging.undo(done.pk, by=None, at=NOW())

    assert (merged, members(press)) == ({kept.pk}, {kept.pk, gone.pk})


def test_who_was_taken_out_after_a_merge_stays_out_when_it_is_undone(press, people):
    kept, gone = people[0], people[1]
    put(press, gone)
    done = merging.merge(survivor=kept.pk, absorbed=gone.pk, by=None, at=NOW())
    manual.remove_members(press, [kept.pk], by=None, at=NOW())

    merging.undo(done.pk, by=None, at=NOW())

    assert members(press) == set()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a@x.test\nb@x.test\n", [(1, "a@x.test"), (2, "b@x.test")]),
        ("Name;E-Mail\nAda;a@x.test\n", [(2, "a@x.test")]),
        ("customer_id,email\nC1,\nC2,b@x.test", [(2, "C1"), (3, "b@x.test")]),
        ("email\n\n'=C9\n", [(3, "=C9")]),
        ("C1\tother\nC2\tother", [(1, "C1"), (2, "C2")]),
    ],
)
def test_a_list_is_read_with_and_without_a_header(text, read):
    assert lines(text) == read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_list_is_read_in_the_encodings_that_programs_save(encoding):
    assert lines("email\njosé@x.test\n", encoding) == [(2, "josé@x.test")]


@pytest.mark.parametrize("content", [b"", b"\n \n", b"PK\x03\x04\0\0", b"x" * (5 * 1024**2 + 1)])
def test_what_is_no_list_is_refused(content):
    with pytest.raises(Unreadable):
        list(read_list(content))


def test_more_lines_than_may_be_are_refused(monkeypatch):
    monkeypatch.setattr("segments.manual_file.MOST_LINES", 2)

    with pytest.raises(Unreadable, match="more than 2 lines"):
        lines("a@x.test\n" * 5)


def test_a_list_says_whom_it_found_and_whom_not(people):
    CustomerIdentityFactory(customer=people[1], external_id="C-1")
    CustomerFactory(email="shared@example.test")
    CustomerFactory(email="shared@example.test")
    text = "PERSON0@example.test\nC-1\nperson0@example.test\nnobody@x.test\nshared@example.test"

    found = find(read_list(text.encode()))

    assert found.customers == {people[0].pk, people[1].pk}
    assert (found.lines, found.doubles) == (5, 1)
    assert found.missing == [
        (4, "nobody@x.test", "No customer has it."),
        (5, "shared@example.test", "2 customers have it."),
    ]


def test_a_file_fills_a_segment_and_the_lines_not_found_can_be_fetched(press, people, member):
    marketer = member("marketer")
    page = reverse("admin:segments_segment_members", args=[press.pk])
    file = SimpleUploadedFile("press.csv", b"email\nperson0@example.test\n=nobody@x.test\n")

    answer = marketer.post(page, {"file": file}, follow=True)

    shown = answer.content.decode()
    assert members(press) == {people[0].pk}
    assert "1 put in" in shown
    assert "Line 3: =nobody@x.test" in shown
    token = answer.redirect_chain[-1][0].split("report=")[1]
    address = reverse("admin:segments_segment_not_found", args=[press.pk, token])
    body = b"".join(marketer.get(address).streaming_content).decode()
    assert "3,'=nobody@x.test,No customer has it." in body


def test_somebody_elses_report_is_not_found(press, owner, member):
    owner.post(reverse("admin:segments_segment_members", args=[press.pk]), {"text": "x@x.test"})

    address = reverse("admin:segments_segment_not_found", args=[press.pk, "guess"])
    assert member("marketer").get(address).status_code == 404


def test_a_new_segment_is_made_with_a_pasted_list(people, owner):
    owner.post(
        reverse("admin:segments_segment_manual"),
        {"name": "Friends", "text": "person2@example.test"},
    )

    segment = Segment.objects.get(name="Friends")
    assert (segment.kind, members(segment)) == ("manual", {people[2].pk})
    assert segment.owner.username == "owner"


def test_a_taken_name_is_refused_beside_its_box(press, owner):
    answer = owner.post(reverse("admin:segments_segment_manual"), {"name": "press"})

    assert "Another segment is called" in answer.content.decode()
    assert Segment.objects.count() == 1


def test_customers_ticked_in_the_list_are_put_in(press, people, owner):
    choose = reverse("admin:segments_segment_choose")
    ids = [people[0].pk, people[3].pk]
    asked = owner.post(choose, {"ids": ids}).content.decode()

    owner.post(choose, {"ids": ids, "segment": press.pk})

    assert "2 customers will be put" in asked
    assert members(press) == set(ids)


def test_the_whole_list_goes_into_a_new_segment(people, owner):
    owner.post(
        reverse("admin:segments_segment_choose"), {"whole": "1", "name": "All of them", "ids": []}
    )

    assert members(Segment.objects.get(name="All of them")) == {p.pk for p in people}


def test_the_customers_list_offers_the_way_in(people, owner, member):
    address = reverse("admin:segments_segment_choose")

    assert address in owner.get("/admin/commerce/customer/").content.decode()
    assert address not in member("viewer").get("/admin/commerce/customer/").content.decode()


def test_a_customers_page_puts_in_and_takes_out(press, people, owner):
    page = reverse("admin:commerce_customer_change", args=[people[0].pk])
    both = {"ids": people[0].pk, "customer": people[0].pk}

    put_in = owner.post(reverse("admin:segments_segment_choose"), {**both, "segment": press.pk})
    shown = owner.get(page).content.decode()
    owner.post(reverse("admin:segments_segment_take_out", args=[press.pk]), both)

    assert put_in.url == page
    assert "Take out" in shown
    assert members(press) == set()


def test_its_page_leads_to_its_members(press, owner, member):
    page = reverse("admin:segments_segment_change", args=[press.pk])
    way_in = reverse("admin:segments_segment_members", args=[press.pk])

    assert way_in in owner.get(page).content.decode()
    assert way_in not in member("viewer").get(page).content.decode()


def test_a_viewer_neither_chooses_nor_takes_out(press, people, member):
    put(press, people[0])
    viewer = member("viewer")
    page = reverse("admin:segments_segment_members", args=[press.pk])

    answers = [
        viewer.post(page, {"action": "remove", "ids": people[0].pk}),
        viewer.post(reverse("admin:segments_segment_choose"), {"ids": people[1].pk}),
        viewer.get(page),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert members(press) == {people[0].pk}


def test_a_stranger_finds_no_such_segment(press, people, other_tenant, tenant):
    with tenant_context(other_tenant):
        stranger = sign_in(other_tenant, User.objects.create_superuser("them", "t@globex.test"))
        answer = stranger.post(
            f"/admin/segments/segment/{press.pk}/members/", {"text": people[0].email}
        )

    with tenant_context(tenant):
        assert answer.status_code == 404
        assert members(press) == set()
