"""compute_rfm, export_rfm, list_segments and segment_members as somebody types them."""

import csv
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django.core.management import CommandError, call_command
from django.utils import timezone

from commerce.models import DataSource
from segments.models import RfmScore, RfmSettings, Segment
from tests.commerce.factories import (
    CustomerFactory,
    CustomerIdentityFactory,
    OrderFactory,
    bring_up_to_date,
)

HEADER = (
    "customer_id,recency,frequency,monetary,R_score,F_score,M_score,RFM_score,segment,"
    "recommendation,segmented_at"
)


@pytest.fixture
def shop(tenant):
    """Two buyers: one of today with much spend, one of 200 days ago with a risky id."""
    DataSource.objects.create(key="csv", label="CSV", is_primary=True)
    for external_id, days, spend in (("A-1", 0, "700.00"), ("=2+3", 200, "20.00")):
        customer = CustomerFactory()
        CustomerIdentityFactory(customer=customer, source="old", external_id=f"old{days}")
        CustomerIdentityFactory(customer=customer, source="csv", external_id=external_id)
        placed = timezone.now() - timedelta(days=days)
        OrderFactory(customer=customer, placed_at=placed, total=Decimal(spend))
    bring_up_to_date(on=timezone.now().astimezone(tenant.zone).date())
    return tenant


def run(capsys, *arguments):
    """Return what a command printed."""
    call_command(arguments[0], "--tenant", "acme", *arguments[1:])
    return capsys.readouterr().out


def test_compute_says_what_it_found(shop, capsys):
    answer = json.loads(run(capsys, "compute_rfm", "--json"))

    assert answer["customers_scored"] == 2
    assert answer["distribution"] == {"lost": 1, "promising": 1}


def test_compute_takes_a_method_a_map_and_periods(shop, capsys):
    arguments = ("--model", "quintiles", "--map", "grid_6", "--frequency-days", "all")
    run(capsys, "compute_rfm", *arguments, "--money-days", "30")

    old = RfmScore.objects.get(customer__identities__external_id="=2+3")
    assert (old.r, old.f, old.m, old.frequency, old.monetary) == (1, 1, 1, 1, Decimal(0))
    assert set(Segment.objects.values_list("key", flat=True)) == {
        "champions", "loyal", "potential", "new", "at_risk", "hibernating",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--model", "magic"), "There is no method “magic”."),
        (("--map", "treasure"), "There is no map “treasure”."),
        (("--frequency-days", "0"), "Give 1 to 3660 days"),
        (("--money-days", "soon"), "neither a number of days nor “all”"),
        (("--as-of", "30.6.2026"), "is no day"),
    ],
)
def test_a_wrong_choice_is_refused_and_nothing_is_written(shop, arguments, words):
    with pytest.raises(CommandError, match=words):
        call_command("compute_rfm", "--tenant", "acme", *arguments)

    assert not RfmScore.objects.exists()


def test_the_export_has_the_columns_and_the_stores_own_ids(shop, capsys, tmp_path):
    run(capsys, "compute_rfm")
    path = tmp_path / "scores.csv"

    words = run(capsys, "export_rfm", "--output", str(path))

    lines = path.read_text("utf-8").splitlines()
    assert lines[0] == HEADER
    rows = list(csv.DictReader(lines))
    assert [row["customer_id"] for row in rows] == ["A-1", "'=2+3"]
    first = rows[0]
    assert (first["recency"], first["frequency"], first["monetary"]) == ("0", "1", "700.00")
    assert (first["R_score"], first["F_score"], first["M_score"]) == ("5", "1", "5")
    assert (first["RFM_score"], first["segment"]) == ("3.6667", "Promising")
    assert first["recommendation"]
    assert words == f"2 customers written to {path}.\n"
    entry = LogEntry.objects.get(additional_data__what="export")
    assert entry.additional_data["segment"] == "everybody"


def test_one_segment_is_exported_by_name_in_any_case(shop, capsys, tmp_path):
    run(capsys, "compute_rfm")
    path = tmp_path / "lost.csv"

    run(capsys, "export_rfm", "--output", str(path), "--segment", "LOST")

    rows = list(csv.DictReader(path.open(newline="")))
    assert [(row["customer_id"], row["segment"]) for row in rows] == [("'=2+3", "Lost")]


def test_recommendations_that_are_off_stay_out_of_the_export(shop, capsys, tmp_path):
    RfmSettings.objects.update_or_create(pk=1, defaults={"shows_recommendations": False})
    run(capsys, "compute_rfm")
    path = tmp_path / "scores.csv"

    run(capsys, "export_rfm", "--output", str(path))

    rows = list(csv.DictReader(path.open(newline="")))
    assert {row["recommendation"] for row in rows} == {""}


def test_an_export_before_the_first_run_is_refused(shop, tmp_path):
    path = tmp_path / "scores.csv"

    with pytest.raises(CommandError, match="Nothing is scored yet"):
        call_command("export_rfm", "--tenant", "acme", "--output", str(path))

    assert list(tmp_path.iterdir()) == []


def test_an_export_that_cannot_be_written_says_where(shop, capsys, tmp_path):
    run(capsys, "compute_rfm")

    with pytest.raises(CommandError, match="Cannot write"):
        call_command("export_rfm", "--tenant", "acme", "--output", str(tmp_path / "no" / "x.csv"))


def test_segments_are_listed_with_their_sizes(shop, capsys):
    run(capsys, "compute_rfm")

    listed = json.loads(run(capsys, "list_segments", "--json"))

    sizes = {row["slug"]: row["members"] for row in listed if row["members"]}
    assert sizes == {"rfm-lost": 1, "rfm-promising": 1}
    assert len(listed) == 11


def test_members_are_found_by_name_slug_and_id(shop, capsys):
    run(capsys, "compute_rfm")
    segment = Segment.objects.get(key="lost")

    found = [
        json.loads(run(capsys, "segment_members", text, "--json"))["members"]
        for text in ("Lost", "lOsT", "rfm-lost", str(segment.pk))
    ]

    assert [row["customer_id"] for row in found[0]] == ["=2+3"]
    assert all(members == found[0] for members in found)


def test_limit_and_offset_walk_through_the_members(shop, capsys):
    run(capsys, "compute_rfm", "--map", "score_5")
    segment = Segment.objects.filter(members_count__gt=0).first()

    answer = json.loads(
        run(capsys, "segment_members", segment.slug, "--offset", "1", "--limit", "5", "--json")
    )

    assert answer["total"] == segment.members_count
    assert len(answer["members"]) == segment.members_count - 1


def test_an_ambiguous_name_is_refused_with_the_ids(shop, capsys):
    run(capsys, "compute_rfm")
    own = Segment.objects.create(slug="mine", name="LOST")
    theirs = Segment.objects.get(key="lost")

    with pytest.raises(CommandError) as refusal:
        call_command("segment_members", "lost", "--tenant", "acme")

    assert f"{theirs.pk} (RFM: Lost), {own.pk} (Rules: LOST)" in str(refusal.value)


def test_an_unknown_segment_is_refused(shop):
    with pytest.raises(CommandError, match="There is no segment “Nobody”"):
        call_command("segment_members", "Nobody", "--tenant", "acme")


def test_the_neighbours_members_are_nobodys_here(shop, other_tenant, capsys):
    run(capsys, "compute_rfm")

    call_command("list_segments", "--tenant", "globex", "--json")

    assert json.loads(capsys.readouterr().out) == []
