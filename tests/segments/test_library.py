"""The library: what it finds in the demo stores, using it, and who may."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import tenant_context

from commerce.models import AttributeDefinition, EventName
from segments import library, library_counting
from segments.admin import library_doing
from segments.library_proposals import proposals
from segments.models import Library, ManualMember, Segment, SensitiveFields
from segments.presets import PRESETS
from tenants import jobs
from tenants.access.members import make_member
from tests.commerce.factories import CustomerFactory, OrderFactory, bring_up_to_date
from tests.conftest import sign_in

PAGE = "/admin/library/"


@pytest.fixture
def shop(tenant):
    """Ten customers; one of them new, one of them gone for long."""
    for days_ago in (5, 70, 400, 100, 101, 102, 103, 104, 105, 106):
        OrderFactory(
            customer=CustomerFactory(), placed_at=timezone.now() - timedelta(days=days_ago)
        )
    bring_up_to_date(on=timezone.localdate())
    return tenant


def shelf(key):
    return next(one for one in library.shelves()[1] if one.preset.key == key)


def test_counts_are_those_of_the_rules(shop):
    library_counting.count_library(at=timezone.now())

    assert shelf("new_customers").customers == 1
    assert (shelf("at_risk_60").customers, shelf("at_risk_60").percent) == (9, 90)


def test_a_real_share_stands_beside_the_expected_one():
    power = PRESETS["power_users"]  # usually 5 to 10 %

    found = [library.Shelved(power, None, customers, 100) for customers in (4, 5, 10, 11, None)]

    assert [one.is_expected for one in found] == [False, True, True, False, None]


def test_what_the_store_does_not_have_is_said_and_not_counted(shop):
    library_counting.count_library(at=timezone.now())

    assert shelf("power_users").missing.startswith("It needs the events session")
    assert "power_users" not in Library.current().counts


def test_a_segment_made_of_a_preset_has_its_rules_its_members_to_come_and_an_owner(shop):
    segment, is_new = library.use_preset("at_risk_60", by=None)

    assert is_new
    assert (segment.name, segment.preset, segment.state) == ("At risk", "at_risk_60", "active")
    assert segment.rules["rules"][0]["field"] == "days_since_last_order"
    assert jobs.live("refresh").params["segments"] == [segment.pk]


def test_a_preset_in_use_is_not_made_twice(shop):
    first, _ = library.use_preset("lapsed", by=None)

    assert library.use_preset("lapsed", by=None) == (first, False)
    assert shelf("lapsed").segment == first


def test_an_archived_one_makes_room_for_another(shop):
    first, _ = library.use_preset("lapsed", by=None)
    Segment.objects.filter(pk=first.pk).update(state="archived")

    second, is_new = library.use_preset("lapsed", by=None)

    assert (is_new, second.name) == (True, "Lapsed 2")


def test_what_a_preset_reads_is_made_first(shop):
    just, _ = library.use_preset("just_vip", by=None)

    vip = Segment.objects.get(preset="vip_customers")
    assert just.stands_on["segments"] == [vip.pk]


def test_the_suppression_list_comes_with_a_segment_to_fill_by_hand(shop):
    for name, properties in (("email_received", {"kind": "text"}), ("email_opened", {})):
        EventName.objects.create(name=name, label=name, properties=properties)

    suppressed, _ = library.use_preset("suppression_list", by=None)

    by_hand = Segment.objects.get(kind="manual")
    assert (by_hand.preset, suppressed.stands_on["segments"]) == (
        "suppressed_by_hand",
        [by_hand.pk],
    )


def test_what_cannot_be_used_is_refused_and_nothing_is_made(shop):
    with pytest.raises(library.NotPossible, match="team_size"):
        library.use_preset("solo_users", by=None)

    assert not Segment.objects.exists()


def test_five_are_proposed_of_believable_size_and_from_several_families(shop):
    consents = ["subscribed"] * 5 + ["unknown"] * 35
    birthdays = [timezone.localdate().replace(year=1990, day=9)] * 4 + [None] * 36
    customers = [
        CustomerFactory(email_consent=consent, birthday=birthday)
        for consent, birthday in zip(consents, birthdays, strict=True)
    ]
    for place, customer in enumerate(customers):
        days = (400, 368, 50, 63, 95)[place % 5]
        OrderFactory(customer=customer, placed_at=timezone.now() - timedelta(days=days))
    bring_up_to_date(on=timezone.localdate())
    library_counting.count_library(at=timezone.now())

    found = proposals(library.shelves()[1])

    assert len(found) == 5
    assert all(0.5 <= one.percent <= 30 for one in found)
    assert len({one.preset.family for one in found}) >= 3


def test_the_page_shows_every_preset_and_makes_one_in_one_click(shop, member):
    marketer = member("marketer")
    shown = marketer.get(PAGE).content.decode()

    answer = marketer.post(PAGE, {"preset": "new_customers", "then": "page"})

    assert all(preset.label in shown for preset in PRESETS)
    segment = Segment.objects.get()
    assert answer.url == reverse("admin:segments_segment_change", args=[segment.pk])
    assert segment.owner.email == "marketer@acme.test"
    assert f"Open {segment.name}" in marketer.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("preset", "page", "asked"),
    [
        ("winback_campaign", "promo_code_add", "&value=20"),
        ("vip_upsell", "promo_code_add", ""),
        ("new_customer_nurture", "trigger_add", ""),
    ],
)
def test_a_worked_example_offers_its_action_in_one_click(shop, owner, preset, page, asked):
    label = PRESETS[preset].action.label
    before = owner.get(PAGE).content.decode()

    answer = owner.post(PAGE, {"preset": preset, "then": "do"})

    segment = Segment.objects.get()
    form = owner.get(answer.url).content.decode()
    assert answer.url == f"{reverse(f'admin:{page}')}?segment={segment.pk}{asked}"
    assert segment.name in form
    assert ('value="20"' in form) is bool(asked)
    assert (label in before, label in owner.get(PAGE).content.decode()) == (True, True)


def test_who_may_not_do_what_a_segment_is_for_looks_at_its_members(shop):
    marketer = sign_in(shop, make_member("mia@acme.test", role="marketer"))
    segment, _ = library.use_preset("winback_campaign", by=None)
    action = PRESETS["winback_campaign"].action

    nobody = library_doing.address_of(action, segment, AnonymousUser())

    assert nobody == reverse("admin:segments_segment_change", args=[segment.pk])
    assert f"?segment={segment.pk}&amp;value=20" in marketer.get(PAGE).content.decode()


def test_rules_are_read_before_they_are_used(shop, owner):
    shown = owner.get(PAGE, {"look": "at_risk_60"}).content.decode()

    assert "Days since last order at least 60." in shown


def test_a_viewer_looks_and_makes_nothing(shop, member):
    viewer = member("viewer")

    shown = viewer.get(PAGE).content.decode()
    refused = viewer.post(PAGE, {"preset": "new_customers"})

    assert "Use this" not in shown
    assert refused.status_code == 403
    assert not Segment.objects.exists()
    assert jobs.live(library.COUNT) is None


def test_the_lists_of_ones_own_are_kept_and_read(shop, owner):
    owner.post(PAGE, {"action": "lists", "healthy_categories": "Salads, Bowls, Salads"})

    assert Library.current().healthy_categories == ["Salads", "Bowls"]
    assert not shelf("health_conscious").missing


def test_a_stranger_sees_counts_and_segments_of_their_own_alone(shop, other_tenant):
    connection.set_tenant(shop)
    library.use_preset("new_customers", by=None)
    library_counting.count_library(at=timezone.now())
    with tenant_context(other_tenant):
        stranger = sign_in(other_tenant, User.objects.create_superuser("them", "them@globex.test"))

        shown = stranger.get(PAGE).content.decode()

    assert "not counted yet" in shown
    assert "Open New customers" not in shown


def test_the_page_takes_as_many_queries_with_every_preset_in_use(shop, owner):
    library_counting.count_library(at=timezone.now())
    AttributeDefinition.objects.create(key="team_size", label="Team size", kind="number")
    for key in ("just_vip", "recently_at_risk"):
        library.use_preset(key, by=None)
    owner.get(PAGE)
    with CaptureQueriesContext(connection) as before:
        owner.get(PAGE)
    for key in ("new_customers", "high_spenders", "lapsed", "anniversary", "solo_users"):
        library.use_preset(key, by=None)

    with CaptureQueriesContext(connection) as after:
        owner.get(PAGE)

    assert len(after) <= len(before)


def test_a_family_is_counted_in_one_scan(shop):
    with CaptureQueriesContext(connection) as asked:
        library_counting.count_library(at=timezone.now())

    scans = [q for q in asked.captured_queries if "FILTER (WHERE" in q["sql"]]
    assert len(scans) <= 6


def test_choosing_by_hand_needs_no_rules(shop):
    segment, _ = library.use_preset("suppressed_by_hand", by=None)

    assert (segment.kind, segment.members_count) == ("manual", 0)
    assert not ManualMember.objects.exists()


def test_a_field_the_role_may_not_use_is_named_and_nothing_is_made(shop, member):
    SensitiveFields.objects.create(pk=1, keys=["total_spent"])
    preset = next(one for one in PRESETS if one.key == "vip_customers")

    page = member("marketer").post(PAGE, {"preset": preset.key, "then": "page"}, follow=True)

    assert "is not yours to use." in page.content.decode()
    assert not Segment.objects.filter(preset=preset.key).exists()
