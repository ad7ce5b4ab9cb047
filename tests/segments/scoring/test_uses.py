"""What RFM is put to, with the numbers of the source: tiers, churn, win-back, hours, files."""

from datetime import timedelta
from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django.utils import timezone
from django_tenants.utils import tenant_context

from commerce.models import Customer
from segments import services
from segments.models import LoyaltyTiers, RfmScore
from segments.uses.hours import share_hours
from segments.uses.lists import CHURNING, by_priority, read, scored, total_of
from segments.uses.tiers import save_tiers, tiers_now, write_tiers
from tenants import jobs
from tests.commerce.factories import CustomerFactory, OrderFactory, bring_up_to_date

# segment, spend, days since the last order
PEOPLE = (
    ("champions", 600, 2),
    ("loyal", 300, 10),
    ("at_risk", 400, 90),
    ("cant_lose", 900, 330),
    ("about_to_sleep", 100, 60),
    ("hibernating", 50, 30),
    ("lost", 50, 360),
)


@pytest.fixture
def shop(tenant):
    """One customer a segment, with the value and recency that PEOPLE says."""
    now, made = timezone.now(), {}
    for segment, spend, days in PEOPLE:
        customer = CustomerFactory(first_name=segment)
        OrderFactory(customer=customer, placed_at=now - timedelta(days=days), total=Decimal(spend))
        made[segment] = customer
    bring_up_to_date(on=services.local_today())
    services.compute_rfm()
    for segment, customer in made.items():
        RfmScore.objects.filter(customer=customer).update(segment=segment)
    return made


def test_churn_prevention_orders_those_at_risk_by_value(shop):
    rows = read(scored(CHURNING), first=0, count=10)

    assert [(row.segment, row.value, row.recency) for row in rows] == [
        ("cant_lose", Decimal("900.00"), 330),
        ("at_risk", Decimal("400.00"), 90),
        ("about_to_sleep", Decimal("100.00"), 60),
    ]
    assert total_of(CHURNING).customers == 3
    assert total_of(CHURNING).value == Decimal("1400.00")


def test_win_back_priority_is_value_by_how_long_they_are_gone(shop):
    rows = read(by_priority(), first=0, count=20)

    assert [(row.segment, row.priority) for row in rows] == [
        ("at_risk", Decimal("100.00")),  # 400 ÷ (90 ÷ 30 + 1)
        ("cant_lose", Decimal("75.00")),  # 900 ÷ (330 ÷ 30 + 1)
        ("about_to_sleep", Decimal("33.33")),  # 100 ÷ (60 ÷ 30 + 1)
        ("hibernating", Decimal("25.00")),  # 50 ÷ (30 ÷ 30 + 1)
    ]


def test_hours_follow_value_to_one_decimal(tenant):
    now = timezone.now()
    for days, spend, count in ((2, 500, 1), (200, 1000, 1)):
        for _ in range(count):
            customer = CustomerFactory()
            placed = now - timedelta(days=days)
            OrderFactory(customer=customer, placed_at=placed, total=Decimal(spend))
    bring_up_to_date(on=services.local_today())
    services.compute_rfm()

    found = share_hours()

    assert [(share.value, share.hours) for share in found] == [
        (Decimal("1000.00"), Decimal("26.7")),
        (Decimal("500.00"), Decimal("13.3")),
    ]
    assert [share.hours for share in share_hours(Decimal(10))] == [Decimal("6.7"), Decimal("3.3")]


def test_the_four_tiers_are_those_of_the_source(shop):
    assert LoyaltyTiers.current().tiers == {
        "champions": "Platinum",
        "loyal": "Gold",
        "potential": "Silver",
        "promising": "Bronze",
    }
    found = {tier.name: tier.customers for tier in tiers_now()}
    assert found == {"Platinum": 1, "Gold": 1, "Silver": 0, "Bronze": 0}


def test_writing_tiers_sets_those_and_takes_nobodys_away(shop):
    Customer.objects.filter(pk=shop["lost"].pk).update(loyalty_tier="Old club")

    changed = write_tiers(at=timezone.now())

    tiers = dict(
        Customer.objects.exclude(loyalty_tier="").values_list("first_name", "loyalty_tier")
    )
    assert tiers == {"champions": "Platinum", "loyal": "Gold", "lost": "Old club"}
    assert changed == 2
    assert write_tiers(at=timezone.now()) == 0


def test_tiers_are_the_merchants_to_name(shop):
    save_tiers({"lost": " Comeback ", "loyal": ""}, by=None)

    assert LoyaltyTiers.current().tiers == {"lost": "Comeback"}


PAGES = ("", "tiers/", "churn/", "winback/", "hours/")


@pytest.mark.parametrize("page", PAGES)
def test_a_shop_without_scores_is_told_what_to_do(owner, page):
    assert owner.get(f"/admin/uses/{page}").status_code == 200


def test_the_pages_show_the_figures(shop, owner):
    churn = owner.get("/admin/uses/churn/").content.decode()
    hours = owner.get("/admin/uses/hours/?week=20").content.decode()

    assert "£1,400.00" in churn
    assert churn.index("cant_lose") < churn.index("about_to_sleep")
    assert "20" in hours
    assert "Enter the hours" in owner.get("/admin/uses/hours/?week=x").content.decode()


def test_a_viewer_sees_nobodys_name_and_downloads_nothing(shop, member):
    viewer = member("viewer")

    page = viewer.get("/admin/uses/winback/").content.decode()

    assert ">at_risk</a>" not in page
    assert viewer.get("/admin/uses/winback.csv").status_code == 403
    assert viewer.post("/admin/uses/tiers/", {"step": "write"}).status_code == 403
    assert jobs.latest("write_tiers") is None


def test_a_file_has_every_row_and_an_audit_entry(shop, owner):
    answer = owner.get("/admin/uses/winback.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()

    assert lines[0] == "customer_id,segment,spent,recency,winback_priority"
    assert lines[1].split(",")[1:] == ["At Risk", "400.00", "90", "100.00"]
    assert len(lines) == 5
    assert LogEntry.objects.filter(additional_data__what_of="Win-back priority").exists()


@pytest.mark.parametrize("key", ["tiers", "churn", "hours"])
def test_every_use_has_a_file(shop, owner, key):
    answer = owner.get(f"/admin/uses/{key}.csv")

    assert len(b"".join(answer.streaming_content).splitlines()) > 1


def test_the_owner_has_tiers_written(shop, owner):
    owner.post("/admin/uses/tiers/", {"step": "write"})

    assert jobs.latest("write_tiers") is not None


def test_the_stranger_sees_none_of_it(shop, other_tenant):
    with tenant_context(other_tenant):
        assert read(by_priority(), first=0, count=20) == []
        assert share_hours() == []
