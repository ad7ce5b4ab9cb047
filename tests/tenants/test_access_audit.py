"""The audit page and the merchant's settings: who did what, and what a change would move."""

from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.utils import timezone
from django_tenants.utils import schema_context

from segments.models import LoyaltyTiers
from tenants import audit, impacts
from tenants.access.members import make_member
from tenants.models import Tenant
from tests.conftest import sign_in


@pytest.fixture
def boss(tenant):
    return sign_in(tenant, make_member("boss@acme.test", role="owner", name="Bo Boss"))


def lines(client, **asked) -> list[tuple[str, str, str]]:
    page = client.get("/admin/audit/", asked)
    return [(line.who, line.what, line.subject) for line in page.context["lines"]]


def test_an_export_is_written_down_with_its_facts(boss):
    user = User.objects.get()

    audit.record(user, "export", User, rows=3, format="csv")

    page = boss.get("/admin/audit/", {"action": "export"})
    [line] = page.context["lines"]
    assert (line.who, line.what, line.subject) == ("Bo Boss", "Exported", "users")
    assert line.facts == [("rows", "3"), ("format", "csv")]
    assert "rows: 3; format: csv" in page.content.decode()
    assert LogEntry.objects.get(additional_data__what="export").action == LogEntry.Action.ACCESS


def test_a_row_without_a_name_is_called_after_its_model(boss):
    audit.record(None, "policy", LoyaltyTiers(pk=1))

    assert ("The system", "Policy", "Loyalty tiers") in lines(boss)


def test_the_filters_leave_what_was_asked_for(boss):
    user, kim = User.objects.get(), make_member("kim@acme.test", role="viewer")
    audit.record(kim, "bulk_change", "tags of 12 customers")
    audit.record(user, "export", "customers")
    old = LogEntry.objects.get(additional_data__what="export")
    LogEntry.objects.filter(pk=old.pk).update(timestamp=timezone.now() - timedelta(days=40))
    day = (timezone.now() - timedelta(days=40)).date().isoformat()

    assert lines(boss, person=kim.pk) == [
        ("kim@acme.test", "Changed in bulk", "tags of 12 customers")
    ]
    assert lines(boss, action="export") == [("Bo Boss", "Exported", "customers")]
    assert lines(boss, **{"from": day, "to": day}) == [("Bo Boss", "Exported", "customers")]
    assert lines(boss, action="deleted") == []


@pytest.mark.parametrize(
    "asked", [{"person": "9" * 30}, {"from": "x"}, {"page": "x"}, {"action": "'"}]
)
def test_a_question_that_makes_no_sense_is_no_error(boss, asked):
    assert boss.get("/admin/audit/", asked).status_code == 200


def test_pages_hold_fifty_with_the_same_number_of_queries(boss, django_assert_max_num_queries):
    for number in range(60):
        audit.record(None, "export", f"list {number}")

    with django_assert_max_num_queries(16):
        first = boss.get("/admin/audit/")
    second = boss.get("/admin/audit/", {"page": 2})

    assert len(first.context["lines"]) == 50
    assert len(second.context["lines"]) == LogEntry.objects.count() - 50


def test_audit_rows_of_members_hold_no_names_or_passwords(boss):
    kim = make_member("kim@acme.test", role="viewer", name="Kim Roe", password="a-long-sentence")
    kim.is_active = False
    kim.save()

    changes = [
        entry.changes for entry in LogEntry.objects.filter(object_pk=str(kim.pk)) if entry.changes
    ]

    assert changes[0] == {"is_active": ["True", "False"]}
    assert not any("Roe" in str(change) or "argon2" in str(change) for change in changes)


def form(**change) -> dict[str, str]:
    return {
        "name": "Acme",
        "industry": "ecommerce",
        "brand_color": "#0f766e",
        "timezone": "Europe/London",
        "currency": "GBP",
        "places-TOTAL_FORMS": "1",
        "places-INITIAL_FORMS": "0",
    } | change


def saved() -> Tenant:
    with schema_context("public"):
        return Tenant.objects.get(schema_name="acme")


def test_settings_are_saved_on_the_platforms_row_and_written_down(boss):
    place = {"name": "Shop", "latitude": "51.5", "longitude": "-0.12"}
    boxes = {f"places-0-{key}": value for key, value in place.items()}

    answer = boss.post("/admin/settings/", form(name="Acme Foods", brand_color="#123456", **boxes))

    acme = saved()
    assert answer.status_code == 302
    assert (acme.name, acme.brand_color) == ("Acme Foods", "#123456")
    assert acme.places == [{"name": "Shop", "latitude": 51.5, "longitude": -0.12}]
    facts = LogEntry.objects.get(additional_data__what="settings").additional_data
    assert facts["name"] == "Acme → Acme Foods"
    assert facts["places"] == "0 → 1"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"brand_color": "red; }"}, "Choose a colour"),
        ({"timezone": "Mars/Base"}, "not one of the available choices"),
        ({"places-0-name": "Shop", "places-0-latitude": "95", "places-0-longitude": "0"}, "90"),
        ({"name": ""}, "required"),
    ],
    ids=["colour", "zone", "place", "name"],
)
def test_a_wrong_box_is_named_and_nothing_is_saved(boss, change, words):
    before = saved()

    page = boss.post("/admin/settings/", form(**change))

    assert page.status_code == 200
    assert words in page.content.decode()
    assert vars(saved()) | {"_state": None} == vars(before) | {"_state": None}


@pytest.fixture
def impact(monkeypatch):
    """A floor above that counts what would move, and remembers what it rebuilt."""
    registry, rebuilt = type(impacts.IMPACTS)("impact"), []
    registry.register(
        impacts.Impact(
            "orders",
            "Orders",
            lambda change: "12 of 40 orders move to another day." if change.is_zone_changed else "",
            rebuilt.append,
        )
    )
    monkeypatch.setattr(impacts, "IMPACTS", registry)
    return rebuilt


def test_another_zone_is_shown_first_and_rebuilt_when_confirmed(boss, impact):
    asked = boss.post("/admin/settings/", form(timezone="Asia/Tokyo"))
    unchanged = saved().timezone
    done = boss.post("/admin/settings/", form(timezone="Asia/Tokyo", confirmed="yes"))

    assert "12 of 40 orders move to another day." in asked.content.decode()
    assert (asked.status_code, unchanged) == (200, "Europe/London")
    assert (done.status_code, saved().timezone) == (302, "Asia/Tokyo")
    assert [change.timezone for change in impact] == [("Europe/London", "Asia/Tokyo")]


def test_a_marketer_changes_nothing(member):
    answer = member("marketer").post("/admin/settings/", form(name="Mine"))

    assert answer.status_code == 403
    assert saved().name == "Acme"
