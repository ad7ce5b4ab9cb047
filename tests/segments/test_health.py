"""Segment health: what nobody uses, stands still, is empty or nearly the same; once a quarter."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.urls import reverse

from segments import health, sets
from segments.membership_overlap import shared_members
from segments.models import HealthReport, Membership, MembershipChange, Segment
from tenants import jobs
from tests.commerce.factories import CustomerFactory
from tests.conftest import sign_in

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
OLD = NOW - timedelta(days=200)


@pytest.fixture
def people(tenant):
    return [CustomerFactory() for _ in range(20)]


def segment(name, customers=(), *, created=OLD, **values):
    values = {"kind": "rules", "refreshed_at": NOW} | values
    row = Segment.objects.create(name=name, slug=name, members_count=len(customers), **values)
    Segment.objects.filter(pk=row.pk).update(created_at=created)
    Membership.objects.bulk_create(
        Membership(segment=row, customer=customer, since=OLD) for customer in customers
    )
    return row


def changed(row, customer, *, at):
    MembershipChange.objects.create(
        segment=row, customer=customer, entered=True, cause="data", at=at
    )


def test_each_finding_names_its_segments_and_no_others(people):
    lively = segment("lively", people[:4])
    changed(lively, people[0], at=NOW - timedelta(days=90))
    still = segment("still", people[4:9])
    changed(still, people[4], at=NOW - timedelta(days=92))
    empty = segment("empty")
    ill = segment("ill", people[9:12], state="needs_attention")
    young = segment("young", people[12:19], created=NOW - timedelta(days=3))
    segment("gone", people[:2], state="archived")
    champions = segment("champions", people[:15], kind="rfm")
    sets.save_set(
        None, name="Plan", description="", is_exclusive=True, by=None,
        entries=[(lively.pk, ""), (young.pk, "")],
    )  # fmt: skip

    found = health.look(at=NOW)

    assert found == {
        "attention": [ill.pk],
        "empty": [empty.pk],
        "still": [still.pk],
        "unused": [still.pk, empty.pk, ill.pk],
        "alike": [],
        "is_whole": True,
    }
    assert champions.pk not in found["unused"]


def test_segments_with_nearly_the_same_members_are_pairs(people):
    one, same = segment("one", people), segment("same", people)
    nearly = segment("nearly", people[:19])
    map_segment = segment("map", people, kind="rfm")
    segment("other map", people, kind="rfm")
    segment("apart", people[:10])

    found = health.look(at=NOW)["alike"]

    pairs = {(pair["one"], pair["other"]): pair["share"] for pair in found}
    assert pairs[one.pk, same.pk] == 1
    assert pairs[nearly.pk, one.pk] == 0.95
    assert pairs[one.pk, map_segment.pk] == 1
    assert len(pairs) == 2 + 1 + 4 + 2  # one, same and nearly; each of them with both of the maps


def test_shared_members_are_one_query(people, django_assert_num_queries):
    one, other = segment("one", people[:5]), segment("other", people[3:9])
    third = segment("third", people[15:])

    with django_assert_num_queries(1):
        found = shared_members([(one.pk, other.pk), (one.pk, third.pk)])

    assert found == {(one.pk, other.pk): 2}
    assert shared_members([]) == {}


def test_what_is_too_much_to_compare_is_left_out_and_said(people, monkeypatch):
    monkeypatch.setattr(health, "MOST_MEMBERS", 5)
    segment("a", people[:5]), segment("b", people[:5]), segment("c", people[:20])
    segment("d", people[:20])

    found = health.look(at=NOW)

    assert (len(found["alike"]), found["is_whole"]) == (1, False)


def test_a_report_is_kept_once_a_quarter(people):
    segment("empty")

    assert health.keep_if_due(at=NOW).findings["empty"]
    assert health.keep_if_due(at=NOW + timedelta(days=60)) is None
    assert health.keep_if_due(at=NOW + timedelta(days=91)) is not None
    assert HealthReport.objects.count() == 2


def test_the_page_shows_something_before_the_first_report(owner, people):
    segment("empty")

    page = owner.get(reverse("admin:segment_health")).content.decode()

    assert "Nobody in it" in page
    assert "empty" in page
    assert not HealthReport.objects.exists()


def test_the_job_looks_again_when_asked(owner, people):
    segment("empty")
    health.keep_report(at=NOW)

    owner.post(reverse("admin:segment_health"))
    assert jobs.live(health.JOB) is not None
    jobs.cancel(jobs.live(health.JOB))
    jobs.run_now(health.JOB, params={"now": True})

    assert HealthReport.objects.count() == 2


def test_what_was_archived_since_is_no_finding_any_more(owner, people):
    row = segment("empty")
    health.keep_report(at=NOW)
    Segment.objects.filter(pk=row.pk).update(state="archived")

    assert "/empty" not in owner.get(reverse("admin:segment_health")).content.decode()


def test_a_viewer_looks_and_does_not_start(member, people):
    viewer, address = member("viewer"), reverse("admin:segment_health")

    assert viewer.get(address).status_code == 200
    assert viewer.post(address).status_code == 403
    assert jobs.live(health.JOB) is None


def test_a_stranger_reads_nothing_of_it(other_tenant, people):
    segment("empty")
    health.keep_report(at=NOW)
    connection.set_tenant(other_tenant)
    stranger = sign_in(other_tenant, User.objects.create_superuser("stranger", "s@globex.test"))

    assert b"empty" not in stranger.get(reverse("admin:segment_health")).content


def test_the_page_asks_as_often_for_many_segments(owner, people, django_assert_max_num_queries):
    for number in range(15):
        segment(f"s{number}", people[:3])
    health.keep_report(at=NOW)

    with django_assert_max_num_queries(36):
        owner.get(reverse("admin:segment_health"))
