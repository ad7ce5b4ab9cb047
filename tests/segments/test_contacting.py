"""Never contact these segments: who is kept out, and that nobody undoes it unseen."""

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import ProtectedError
from django.urls import reverse

from commerce.event_roles import all_roles
from commerce.models import Customer, EventName, EventRole
from segments import contacting, usages
from segments.models import Membership, NeverContact, Segment, SensitiveFields
from segments.sensitive import sensitive_keys
from tests.commerce.factories import CustomerFactory, bring_up_to_date
from tests.commerce.histories import TODAY
from tests.conftest import sign_in

PAGE = "admin:guard_rails"


def segment(name, *customers, **values):
    row = Segment.objects.create(name=name, slug=name, kind="manual", **values)
    for customer in customers:
        Membership.objects.create(segment=row, customer=customer, since="2026-01-01T00:00Z")
    return row


@pytest.fixture
def people(tenant):
    found = [CustomerFactory(email_consent="subscribed") for _ in range(4)]
    bring_up_to_date(on=TODAY)
    return found


def test_members_of_listed_segments_are_left_out_once_each(people):
    ann, bob, cat, _ = people
    complaints = segment("complaints", ann, bob)
    archived = segment("lost", bob, cat, state="archived")

    count = contacting.set_never_contact([complaints, archived], by=None)

    assert count == 3
    reachable = Customer.objects.filter(contacting.may_contact())
    assert list(reachable) == [people[3]]
    assert contacting.count_never_contacted([ann.pk, people[3].pk]) == 1
    assert set(Customer.objects.values_list("email_consent", flat=True)) == {"subscribed"}


def test_taking_a_segment_off_makes_its_members_reachable_again(people):
    complaints = segment("complaints", people[0])
    contacting.set_never_contact([complaints], by=None)

    contacting.set_never_contact([], by=None)

    assert Customer.objects.filter(contacting.may_contact()).count() == 4
    assert [entry.additional_data["segments"] for entry in LogEntry.objects.filter(
        additional_data__what="never_contact").order_by("id")] == [["complaints"], []]  # fmt: skip


def test_saying_the_same_again_leaves_no_audit_row(people):
    complaints = segment("complaints", people[0])
    contacting.set_never_contact([complaints], by=None)

    contacting.set_never_contact([complaints], by=None)

    assert LogEntry.objects.filter(additional_data__what="never_contact").count() == 1


def test_a_listed_segment_cannot_be_deleted(people):
    complaints = segment("complaints", people[0])
    contacting.set_never_contact([complaints], by=None)

    with pytest.raises(usages.InUse, match="Never contact these segments"):
        usages.delete_segment(complaints, by=None)
    with pytest.raises(ProtectedError):
        complaints.delete()

    assert NeverContact.objects.count() == 1


def test_the_owner_sets_all_three_on_one_page(owner, people):
    complaints = segment("complaints", people[0])
    EventName.objects.create(name="visit", label="Visit")
    address = reverse(PAGE)

    owner.post(address, {"step": "contact", "segment": complaints.pk})
    owner.post(address, {"step": "fields", "field": ["age", "birthday"]})
    owner.post(address, {"step": "events", "event-visit": "session"})

    assert [row.pk for row in contacting.never_contact_segments()] == [complaints.pk]
    assert sensitive_keys() == {"age", "birthday"}
    assert all_roles()["visit"] == "session"
    page = owner.get(address).content.decode()
    assert "1 customer never contacted now" in page


@pytest.mark.parametrize(
    "sent",
    [
        {"step": "fields", "field": "email"},
        {"step": "events", "event-visit": "dance"},
        {"step": "x"},
    ],
)
def test_what_makes_no_sense_is_refused_in_words(owner, people, sent):
    EventName.objects.create(name="visit", label="Visit")

    page = owner.post(reverse(PAGE), sent, follow=True)

    assert [str(message.level_tag) for message in page.context["messages"]] == ["error"]
    assert not SensitiveFields.objects.exists()
    assert not EventRole.objects.exists()


@pytest.mark.parametrize("role", ["marketer", "samples_staff", "viewer"])
def test_only_the_owner_may(member, people, role):
    complaints = segment("complaints", people[0])

    answer = member(role).post(reverse(PAGE), {"step": "contact", "segment": complaints.pk})

    assert answer.status_code == 403
    assert not NeverContact.objects.exists()


def test_a_stranger_finds_nothing(other_tenant, people):
    contacting.set_never_contact([segment("complaints", people[0])], by=None)
    connection.set_tenant(other_tenant)
    stranger = sign_in(other_tenant, User.objects.create_superuser("stranger", "s@globex.test"))

    page = stranger.get(reverse(PAGE)).content.decode()

    assert "complaints" not in page
    assert contacting.count_never_contacted() == 0


def test_the_page_asks_as_often_for_many_segments_as_for_one(
    owner, people, django_assert_max_num_queries
):
    for number in range(12):
        segment(f"segment-{number}")

    with django_assert_max_num_queries(30):
        owner.get(reverse(PAGE))
