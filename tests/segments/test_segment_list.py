"""The list that keeps many segments in order."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import tenant_context

from segments import library_counting, manual
from segments.definitions import save_segment
from segments.models import Membership, MembershipChange, Segment, SegmentLabel, SegmentStar
from segments.ordering import give_labels
from segments.refreshing import refresh_segment
from segments.services import compute_rfm, local_today
from segments.sparks import sparks
from segments.types import type_of
from tenants import jobs
from tests.commerce.factories import CustomerFactory, OrderFactory, bring_up_to_date
from tests.conftest import sign_in

LIST = "/admin/segments/segment/"
SPENDERS = {"field": "total_spent", "operator": "gte", "value": 100}
VIP = {"field": "is_vip", "operator": "is_true"}


def made(name, rules=SPENDERS, **options):
    return save_segment(name=name, rules=rules, by=None, **options)


def act(client, segment, action, **more):
    address = reverse("admin:segments_segment_keep", args=[segment.pk])
    return client.post(address, {"action": action, **more}, follow=True)


@pytest.fixture
def shop(tenant):
    for total in (150, 50):
        OrderFactory(
            customer=CustomerFactory(),
            total=Decimal(total),
            placed_at=timezone.now() - timedelta(days=3),
        )
    bring_up_to_date(on=timezone.localdate())
    return tenant


@pytest.mark.parametrize(
    ("rules", "kind"),
    [
        (VIP, "demographic"),
        (SPENDERS, "behavioural"),
        ({"field": "rfm_segment", "operator": "eq", "value": "loyal"}, "rfm"),
        ({"logic": "AND", "rules": [VIP, SPENDERS]}, "behavioural"),
    ],
)
def test_the_type_is_told_by_the_fields(tenant, rules, kind):
    assert type_of(made("Some", rules)) == kind


def test_a_segment_of_segments_has_their_type(tenant):
    inner = made("Inner")
    outer = made("Outer", {"field": "segment", "operator": "in", "value": [inner.pk]})

    assert type_of(outer, {inner.pk: inner}) == "behavioural"


def test_the_type_filters(shop, owner):
    made("Rich")
    made("Important", VIP)

    shown = owner.get(LIST, {"tab": "yours", "type": "demographic"}).content.decode()

    assert "Important" in shown
    assert "Rich" not in shown


def test_search_finds_names_descriptions_and_labels(shop, owner):
    made("Alpha", description="for the spring letter")
    give_labels(made("Beta"), "Spring", by=None)
    made("Gamma")

    shown = owner.get(LIST, {"q": "SPRING"}).content.decode()

    assert "Alpha" in shown
    assert "Beta" in shown
    assert "Gamma" not in shown


def test_labels_are_one_whatever_their_case_and_forgotten_when_unused(shop, owner):
    one, other = made("One"), made("Other")
    act(owner, one, "labels", labels="Spring, spring ,Press")
    act(owner, other, "labels", labels="SPRING")

    assert [label.name for label in SegmentLabel.objects.all()] == ["Press", "Spring"]
    act(owner, one, "labels", labels="")
    assert [label.name for label in SegmentLabel.objects.all()] == ["Spring"]


def test_a_star_is_ones_own_and_stands_first(shop, owner, member):
    made("First")
    second, viewer = made("Second"), member("viewer")

    act(viewer, second, "star", on="1")

    rows = viewer.get(LIST).context["rows"]
    assert [row.segment.name for row in rows] == ["Second", "First"]
    assert not owner.get(LIST).context["rows"][0].is_starred
    act(viewer, second, "star")
    assert not SegmentStar.objects.exists()


def test_a_draft_is_kept_and_not_counted_until_it_is_activated(shop, owner):
    draft = made("Later", is_draft=True)
    assert jobs.live("refresh") is None
    assert "Draft" in owner.get(LIST).content.decode()

    act(owner, draft, "activate")

    draft.refresh_from_db()
    assert draft.state == "active"
    assert jobs.live("refresh").params["segments"] == [draft.pk]


def test_the_builder_keeps_a_draft_and_never_makes_one_of_what_is_in_use(shop, owner):
    sent = {"name": "Maybe", "rules": {"logic": "AND", "rules": [SPENDERS]}, "draft": True}
    owner.post(
        reverse("admin:segments_segment_save"), json.dumps(sent), content_type="application/json"
    )
    draft = Segment.objects.get()
    assert (draft.state, jobs.live("refresh")) == ("draft", None)

    used = made("Used")
    owner.post(
        reverse("admin:segments_segment_resave", args=[used.pk]),
        json.dumps({**sent, "name": "Used", "version": 1}),
        content_type="application/json",
    )

    used.refresh_from_db()
    assert used.state == "active"


def test_a_draft_is_activated_on_its_page_and_not_refreshed_before(shop, owner):
    draft = made("Later", is_draft=True)
    address = reverse("admin:segments_segment_act", args=[draft.pk])

    refused = owner.post(address, {"action": "refresh"}, follow=True).content.decode()
    assert "A draft is not counted." in refused
    assert jobs.live("refresh") is None
    owner.post(address, {"action": "unarchive"})

    draft.refresh_from_db()
    assert draft.state == "active"


def test_an_archived_segment_is_shown_only_when_asked_for(shop, owner):
    act(owner, made("Old"), "archive")

    assert [row.segment.name for row in owner.get(LIST).context["rows"]] == []
    rows = owner.get(LIST, {"state": "archived"}).context["rows"]
    assert [row.segment.name for row in rows] == ["Old"]


def test_what_others_read_is_not_archived(shop, owner):
    inner = made("Inner")
    made("Outer", {"field": "segment", "operator": "in", "value": [inner.pk]})

    shown = act(owner, inner, "archive").content.decode()

    inner.refresh_from_db()
    assert inner.state == "active"
    assert "Other segments read this one: “Outer”" in shown


def test_an_owner_is_given_and_filters(shop, owner, member):
    member("marketer")
    segment, mika = made("Hers"), User.objects.get(email="marketer@acme.test")
    act(owner, segment, "owner", owner=mika.pk)

    assert [r.segment.name for r in owner.get(LIST, {"owner": mika.pk}).context["rows"]] == ["Hers"]


def test_needs_attention_says_why(shop, owner):
    segment = made("Broken")
    Segment.objects.filter(pk=segment.pk).update(
        state="needs_attention", state_reason="The attribute “diet” was deleted."
    )

    assert "The attribute “diet” was deleted." in owner.get(LIST).content.decode()


def test_figures_of_a_row_are_those_of_its_members(shop, owner):
    segment = made("Rich")
    refresh_segment(segment, at=timezone.now(), cause="definition")

    row = owner.get(LIST).context["rows"][0]

    assert (row.percent, row.spent.amount, row.revenue_percent) == (50, 150, 75)


def test_the_line_is_rewound_through_the_ledger(tenant):
    segment, customer = made("Line"), CustomerFactory()
    Membership.objects.create(segment=segment, customer=customer, since=timezone.now())
    Segment.objects.filter(pk=segment.pk).update(members_count=1)
    MembershipChange.objects.create(
        segment=segment,
        customer=customer,
        entered=True,
        cause="data",
        at=timezone.now() - timedelta(days=10),
    )
    segment.refresh_from_db()

    line = sparks([segment], today=local_today())[segment.pk]

    heights = [point.split(",")[1] for point in line.points.split()]
    assert (line.first, line.last) == (0, 1)
    assert heights == ["22.0"] * 20 + ["2.0"] * 11


def test_deleting_names_what_is_lost_and_deletes(shop, owner):
    segment = made("Gone soon")
    address = reverse("admin:segments_segment_remove", args=[segment.pk])

    asked = owner.get(address).content.decode()
    owner.post(address)

    assert "1 version of its rules" in asked
    assert not Segment.objects.exists()


def test_what_is_used_shows_where_and_stays(shop, owner):
    inner = made("Inner")
    made("Outer", {"field": "segment", "operator": "in", "value": [inner.pk]})
    address = reverse("admin:segments_segment_remove", args=[inner.pk])

    asked = owner.get(address).content.decode()
    owner.post(address)

    assert "cannot be deleted: it is used in 1 place" in asked
    assert Segment.objects.filter(pk=inner.pk).exists()


def test_the_empty_list_proposes_five_and_makes_one_in_one_click(shop, owner):
    consents = ["subscribed"] * 5 + ["unknown"] * 35
    for place, consent in enumerate(consents):
        days = (400, 368, 50, 63, 95)[place % 5]
        customer = CustomerFactory(email_consent=consent)
        OrderFactory(customer=customer, placed_at=timezone.now() - timedelta(days=days))
    bring_up_to_date(on=timezone.localdate())
    library_counting.count_library(at=timezone.now())

    proposed = owner.get(LIST).context["proposals"]
    key = proposed[0].preset.key
    owner.post(reverse("admin:segments_segment_propose"), {"preset": key})

    assert len(proposed) == 5
    assert Segment.objects.get().preset == key


def test_the_rfm_tab_shows_the_distribution_and_the_button(shop, owner, member):
    compute_rfm()

    shown = owner.get(LIST, {"tab": "rfm"}).content.decode()

    assert "2 customers scored" in shown
    assert "Recalculate" in shown
    assert "Recalculate" not in member("viewer").get(LIST, {"tab": "rfm"}).content.decode()


def test_a_viewer_reads_and_stars_and_changes_nothing_else(shop, member):
    segment, viewer = made("Rich"), member("viewer")

    shown = viewer.get(LIST).content.decode()
    refused = act(viewer, segment, "archive")
    deleted = viewer.post(reverse("admin:segments_segment_remove", args=[segment.pk]))

    assert "New segment" not in shown
    assert (refused.status_code, deleted.status_code) == (403, 403)
    segment.refresh_from_db()
    assert segment.state == "active"


def test_a_stranger_sees_none_of_it(shop, other_tenant):
    with tenant_context(shop):
        segment = made("Secret")
    with tenant_context(other_tenant):
        stranger = sign_in(other_tenant, User.objects.create_superuser("them", "t@globex.test"))
        shown = stranger.get(LIST).content.decode()
        refused = stranger.post(f"{LIST}{segment.pk}/keep/", {"action": "star", "on": "1"})

    assert "Secret" not in shown
    assert refused.status_code == 404


def test_the_list_takes_as_many_queries_with_many_segments(shop, owner):
    give_labels(made("One"), "label", by=None)
    owner.get(LIST)
    with CaptureQueriesContext(connection) as few:
        owner.get(LIST)
    for number in range(12):
        segment = made(f"More {number}", {"field": "segment", "operator": "in", "value": ["one"]})
        give_labels(segment, f"label {number}", by=None)
    manual.create_manual(name="Hand", by=None)

    with CaptureQueriesContext(connection) as many:
        owner.get(LIST)

    assert len(many) == len(few)
