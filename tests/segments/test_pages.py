"""Dashboard, RFM, segments and scoring settings, as the people of a shop see them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from segments import services
from segments.models import RfmMap, RfmScore, RfmSettings, Segment
from tenants.models import Run
from tests.commerce.factories import CustomerFactory, OrderFactory, bring_up_to_date
from tests.conftest import sign_in


@pytest.fixture
def shop(tenant):
    """Three customers: a champion, a newcomer, and one long gone; scored today."""
    now = timezone.now()
    for name, days, orders in (("Ada", 3, 13), ("Ben", 5, 1), ("Cleo", 500, 1)):
        customer = CustomerFactory(first_name=name, last_name="Marlow", email=f"{name}@shop.test")
        for number in range(orders):
            placed = now - timedelta(days=days + number)
            OrderFactory(customer=customer, placed_at=placed, total=Decimal(60))
    bring_up_to_date(on=services.local_today())
    services.compute_rfm()
    return tenant


@pytest.fixture
def viewer(tenant):
    user = User.objects.create_user("viewer", "viewer@acme.test", "x", is_staff=True)
    user.user_permissions.add(
        *Permission.objects.filter(codename__in=("view_segment", "view_customer"))
    )
    return sign_in(tenant, user)


PAGES = ("/admin/", "/admin/rfm/", "/admin/scoring/", "/admin/segments/segment/?tab=rfm")


@pytest.mark.parametrize("page", PAGES)
def test_a_shop_without_data_is_told_what_to_do(owner, page):
    answer = owner.get(page)

    assert answer.status_code == 200
    assert b"Traceback" not in answer.content


def test_the_dashboard_says_who_is_who_as_of_today(shop, owner):
    answer = owner.get("/admin/").content.decode()

    assert "3</p>" in answer  # customers
    assert "Champions" in answer
    assert f'as of <time datetime="{services.local_today()}"' in answer


def test_a_cell_of_the_heat_map_leads_to_its_customers(shop, owner):
    assert b"?rf=55" in owner.get("/admin/rfm/").content

    answer = owner.get("/admin/commerce/customer/?rf=55").content.decode()

    assert "Ada Marlow" in answer
    assert "Ben Marlow" not in answer


def lines_of(client, name):
    return b"".join(client.get(f"/admin/rfm/{name}.csv").streaming_content).decode().splitlines()


def test_the_distribution_is_a_file_too(shop, viewer):
    lines = lines_of(viewer, "segments")

    today = services.local_today()
    assert lines[0].startswith("segment,customers,share,")
    assert f"Champions,1,0.3333,0.9286,780.00,13.0,0,{today}" in lines
    assert sum(int(line.split(",")[1]) for line in lines[1:]) == 3


def test_the_heat_map_is_a_file_too(shop, viewer):
    lines = lines_of(viewer, "heat")

    assert len(lines) == 26
    assert f"5,5,1,780.00,{services.local_today()}" in lines


def test_there_is_no_file_before_anything_is_scored(tenant, viewer):
    assert viewer.get("/admin/rfm/segments.csv").status_code == 404


def test_a_strangers_figures_are_not_in_the_file(shop, other_tenant):
    with schema_context(other_tenant.schema_name):
        stranger = sign_in(other_tenant, User.objects.create_superuser("stranger", "s@globex.test"))

    assert stranger.get("/admin/rfm/segments.csv").status_code == 404


def test_a_segment_page_lists_its_members_and_what_to_do(shop, owner):
    segment = Segment.objects.get(key="champions")

    answer = owner.get(f"/admin/segments/segment/{segment.pk}/change/").content.decode()

    assert "Ada Marlow" in answer
    assert "What to do" in answer
    assert "Cleo" not in answer


def test_a_viewer_sees_no_names_on_a_segment_page(shop, viewer):
    segment = Segment.objects.get(key="champions")

    answer = viewer.get(f"/admin/segments/segment/{segment.pk}/change/").content.decode()

    assert "Marlow" not in answer
    assert "shop.test" not in answer
    assert "Customer " in answer


def test_a_customer_page_gives_the_reason_for_each_score(shop, owner):
    score = RfmScore.objects.get(code=555)

    answer = owner.get(f"/admin/commerce/customer/{score.customer_id}/change/").content.decode()

    assert "last order 3 days ago" in answer
    assert "13 orders in the last 365 days" in answer


def test_nobody_of_another_shop_gets_in(shop, other_tenant):
    connection.set_tenant(other_tenant)
    stranger = sign_in(
        other_tenant, User.objects.create_superuser("stranger", "s@globex.test", "x")
    )
    segment_id = 1

    for page in (*PAGES, f"/admin/segments/segment/{segment_id}/change/"):
        answer = stranger.get(page, headers={"host": "acme.localhost"})
        assert answer.status_code == 302, page
        assert "Marlow" not in stranger.get(page).content.decode()


def test_recalculate_queues_one_run(shop, owner):
    owner.post("/admin/rfm/")
    owner.post("/admin/rfm/")

    with schema_context("public"):
        assert Run.objects.filter(job="rfm", state="queued").count() == 1


def test_a_viewer_cannot_recalculate(shop, viewer):
    assert viewer.post("/admin/rfm/").status_code == 403


def form(**changes):
    boxes = {
        "method": "fixed",
        "map_key": "standard_11",
        "frequency_days": "365",
        "money_days": "365",
        "weight_r": "1",
        "weight_f": "1",
        "weight_m": "1",
        "exclude_first_days": "0",
        "minimum_orders": "0",
        "minimum_spend": "0",
        "names_segments": "on",
        "shows_recommendations": "on",
    }
    limits = {
        "recency": (30, 60, 90, 180),
        "frequency": (12, 8, 4, 2),
        "money": (500, 300, 150, 50),
    }
    for name, row in limits.items():
        boxes |= {f"fixed-{name}-{place}": str(limit) for place, limit in enumerate(row)}
    return boxes | changes


def test_what_would_change_is_shown_and_nothing_is_written(shop, owner):
    answer = owner.post("/admin/scoring/", form(step="preview", **{"fixed-recency-0": "1"}))

    assert b"would get other digits" in answer.content
    assert RfmSettings.current().parameters == {}


def test_saving_keeps_the_settings_and_queues_the_full_pass(shop, owner):
    answer = owner.post("/admin/scoring/", form(step="save", frequency_days="", weight_r="2"))

    settings = RfmSettings.current()
    assert answer.status_code == 302
    assert (settings.frequency_days, settings.weight_r) == (None, Decimal(2))


def test_a_painted_cell_makes_a_map_of_the_shops_own(shop, owner):
    owner.post("/admin/scoring/", form(step="save", cells='{"555": "loyal"}', map_name="Ours"))

    own = RfmMap.objects.get()
    assert (own.name, own.cells) == ("Ours", {"555": "loyal"})
    assert RfmSettings.current().map_key == f"own:{own.pk}"


@pytest.mark.parametrize(
    ("box", "value", "words"),
    [
        ("fixed-recency-1", "10", "larger"),
        ("fixed-money-0", "lots", "not a number"),
        ("frequency_days", "0", "1 to"),
        ("weight_r", "-1", "zero or more"),
        ("cells", '{"999": "loyal"}', "no code"),
        ("cells", "[1]", "could not be read"),
        ("map_key", "own:77", "Select a valid choice"),
    ],
)
def test_nonsense_is_answered_in_words_and_nothing_is_saved(shop, owner, box, value, words):
    answer = owner.post("/admin/scoring/", form(step="save", **{box: value}))

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert RfmSettings.current().parameters == {}
    assert not RfmMap.objects.exists()


def test_the_dashboard_asks_the_database_a_fixed_number_of_questions(shop, owner):
    owner.get("/admin/")

    with CaptureQueriesContext(connection) as asked:
        owner.get("/admin/")

    assert len(asked) <= 44
