"""Goals: what a figure should be, whether it is, and who hears when that changes."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tenants.utils import tenant_context

from commerce.rollups.days import recount_days
from segments import services, usages
from segments.digest import goal_letter
from segments.goal_words import said, value_of
from segments.goals import FIGURES, all_goals, look, save_goal
from segments.models import Goal, Segment
from tenants.access.members import make_member
from tests.commerce.factories import CustomerFactory, OrderFactory, bring_up_to_date
from tests.conftest import sign_in

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 6, 15, 6, tzinfo=LONDON)


def goal(figure="members", direction="least", target=10, segment=None, *, at=NOW):
    return save_goal(
        Goal(), figure=figure, direction=direction, target=Decimal(target), segment=segment,
        by=None, at=at,
    )  # fmt: skip


@pytest.fixture
def list_of_ten(tenant):
    return Segment.objects.create(
        name="List", slug="list", kind="manual", members_count=10, refreshed_at=NOW
    )


def size(segment, members):
    Segment.objects.filter(pk=segment.pk).update(members_count=members)


@pytest.mark.parametrize(
    ("direction", "target", "is_met"),
    [("least", 10, True), ("least", "10.01", False), ("most", 10, True), ("most", "9.99", False)],
)
def test_a_goal_is_met_at_its_very_target(list_of_ten, direction, target, is_met):
    assert goal(direction=direction, target=target, segment=list_of_ten).is_met is is_met


def test_figures_are_those_plain_sql_counts(tenant):
    for number in range(12):
        customer = CustomerFactory()
        for order in range(number % 4 + 1):
            OrderFactory(
                customer=customer,
                total=Decimal(10 * number + 5),
                placed_at=NOW - timedelta(days=3 + 29 * order * (number % 3)),
            )
    bring_up_to_date(on=NOW.date())
    with connection.cursor() as cursor:
        recount_days(cursor, standing=NOW.date())
    services.compute_rfm(at=NOW)
    risk = "segment IN ('at_risk', 'cant_lose', 'about_to_sleep')"
    week = "BETWEEN '2026-06-08' AND '2026-06-14'"
    queries = {
        "champions_share": "SELECT 100.0 * count(*) FILTER (WHERE segment = 'champions') / count(*)"
        " FROM segments_rfmscore",
        "at_risk_revenue": f"SELECT coalesce(sum(monetary), 0) FROM segments_rfmscore WHERE {risk}",
        "at_risk_customers": f"SELECT count(*) FROM segments_rfmscore WHERE {risk}",
        "revenue": f"SELECT sum(spend) FROM commerce_order WHERE placed_on {week}",
        "new_customers": "SELECT count(*) FROM (SELECT min(placed_on) AS day FROM commerce_order"
        f" GROUP BY customer_id) AS firsts WHERE day {week}",
    }
    assert {figure.key for figure in FIGURES} == {*queries, "members"}

    for figure, query in queries.items():
        kept = goal(figure, target=1)
        with connection.cursor() as cursor:
            cursor.execute(query)
            assert kept.value == pytest.approx(cursor.fetchone()[0]), figure


def test_a_figure_that_cannot_be_told_yet_neither_meets_nor_misses(tenant):
    kept = goal("champions_share", target=8)

    assert (kept.is_met, kept.value, value_of(kept)) == (None, None, "not told yet")
    assert said(kept) == "Champions at least 8 %"


def test_since_is_the_moment_the_state_began(list_of_ten):
    kept = goal(segment=list_of_ten)
    look(all_goals(), at=NOW + timedelta(days=1))
    size(list_of_ten, 3)
    look(all_goals(), at=NOW + timedelta(days=2))
    look(all_goals(), at=NOW + timedelta(days=3))

    kept.refresh_from_db()
    assert (kept.is_met, kept.since, kept.value) == (False, NOW + timedelta(days=2), 3)
    assert kept.looked_at == NOW + timedelta(days=3)


def test_one_letter_when_missed_and_one_when_met_again(list_of_ten):
    make_member("owner@acme.test", role="owner")
    goal(segment=list_of_ten)

    for day, members in enumerate((10, 9, 8, 10, 11), start=1):
        size(list_of_ten, members)
        goal_letter.tell(at=NOW + timedelta(days=day))

    assert [row.subject for row in mail.outbox] == [
        "Acme: goal missed: Members of “List” at least 10",
        "Acme: goal met again: Members of “List” at least 10",
    ]
    assert "Members of “List” now: 9." in mail.outbox[0].body


def test_what_a_goal_was_when_it_was_set_is_not_mailed(list_of_ten):
    make_member("owner@acme.test", role="owner")
    goal(segment=list_of_ten, target=99)

    goal_letter.tell(at=NOW + timedelta(days=1))

    assert mail.outbox == []


def test_without_a_mail_server_nothing_is_sent_then_nor_later(list_of_ten, settings):
    make_member("owner@acme.test", role="owner")
    goal(segment=list_of_ten)
    size(list_of_ten, 1)
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    goal_letter.tell(at=NOW + timedelta(days=1))
    settings.EMAIL_BACKEND = backend

    goal_letter.tell(at=NOW + timedelta(days=2))

    assert mail.outbox == []
    assert Goal.objects.get().is_met is False


@pytest.mark.parametrize(
    ("changed", "box"),
    [
        ({"figure": "nothing"}, "figure"),
        ({"figure": "members"}, "segment"),
        ({"direction": "equal"}, "direction"),
        ({"target": -1}, "target"),
        ({"target": 101}, "target"),
    ],
)
def test_a_wrong_goal_is_refused_at_its_box(tenant, changed, box):
    with pytest.raises(ValidationError) as refused:
        goal(**{"figure": "champions_share", "target": 8} | changed)

    assert list(refused.value.message_dict) == [box]
    assert not Goal.objects.exists()


def test_a_segment_with_a_goal_is_not_deleted(list_of_ten):
    kept = goal(segment=list_of_ten)

    with pytest.raises(usages.InUse, match="goal “List at least 10”"):
        usages.delete_segment(list_of_ten, by=None)

    assert Goal.objects.get() == kept


def test_goals_are_set_changed_and_deleted_on_their_page(list_of_ten, owner):
    sent = {"figure": "members", "segment": list_of_ten.pk, "direction": "least", "target": "12"}
    owner.post("/admin/goals/", sent)
    kept = Goal.objects.get()
    page = owner.get("/admin/goals/").content.decode()
    assert "Members of “List” at least 12" in page
    assert "Missed</span>" in page
    one = reverse("admin:goal", args=[kept.pk])

    owner.post(one, sent | {"target": "5", "step": "save"})
    assert "Met</span>" in owner.get("/admin/goals/").content.decode()
    assert owner.get(one).status_code == 200
    owner.post(one, {"step": "delete"})

    assert not Goal.objects.exists()


def test_a_wrong_form_says_so_at_the_box_and_keeps_nothing(tenant, owner):
    refused = owner.post("/admin/goals/", {"figure": "members", "direction": "least", "target": 5})

    assert refused.status_code == 400
    assert "Choose the segment." in refused.content.decode()
    assert not Goal.objects.exists()


def test_a_viewer_sees_goals_and_sets_none(list_of_ten, member):
    kept, viewer = goal(segment=list_of_ten), member("viewer")

    page = viewer.get("/admin/goals/").content.decode()
    refused = viewer.post("/admin/goals/", {"figure": "revenue", "direction": "least", "target": 1})
    changed = viewer.post(reverse("admin:goal", args=[kept.pk]), {"step": "delete"})

    assert "Members of “List” at least 10" in page
    assert "New goal" not in page
    assert (refused.status_code, changed.status_code) == (403, 403)
    assert Goal.objects.count() == 1


def test_a_stranger_finds_no_goal(list_of_ten, tenant, other_tenant):
    with tenant_context(tenant):
        kept = goal(segment=list_of_ten)
    with tenant_context(other_tenant):
        stranger = sign_in(other_tenant, User.objects.create_superuser("them", "t@globex.test"))
        page = stranger.get("/admin/goals/").content.decode()
        refused = stranger.post(reverse("admin:goal", args=[kept.pk]), {"step": "delete"})

    assert "List" not in page
    assert refused.status_code == 404
    with tenant_context(tenant):
        assert Goal.objects.count() == 1


def test_the_dashboard_shows_goals_the_missed_first(list_of_ten, owner):
    assert "panel-goals" not in owner.get("/admin/").content.decode()
    goal(segment=list_of_ten)
    goal(segment=list_of_ten, target=11)

    panel = owner.get("/admin/").content.decode().split('id="panel-goals"')[1]

    assert panel.index("at least 11") < panel.index("at least 10")


def test_goals_are_read_in_as_many_queries_however_many_there_are(list_of_ten):
    goal(segment=list_of_ten)
    with CaptureQueriesContext(connection) as few:
        look(all_goals(), at=NOW)
    for number in range(8):
        other = Segment.objects.create(name=f"S{number}", slug=f"s{number}", refreshed_at=NOW)
        goal(segment=other)

    with CaptureQueriesContext(connection) as many:
        look(all_goals(), at=NOW)

    assert len(many) == len(few)


def test_looking_now_brings_the_figures_up_to_date_and_mails_nothing(list_of_ten, owner):
    make_member("mia@acme.test", role="owner")
    kept = goal(segment=list_of_ten)
    size(list_of_ten, 2)

    owner.post("/admin/goals/", {"step": "look"})

    kept.refresh_from_db()
    assert (kept.value, kept.is_met, kept.told, mail.outbox) == (2, False, True, [])
