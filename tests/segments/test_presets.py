"""Every ready-made segment compiles, says itself, and stands where the page looks for it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import timezone

from commerce.models import AttributeDefinition, EventName
from segments.audience import StoreScope, audience, clock_at
from segments.catalogue import StoreCatalogue
from segments.definitions import speech
from segments.models import Segment
from segments.presets import FAMILIES, PRESETS, Told
from segments.rules.dump import dump
from segments.rules.parse import parse
from segments.rules.sentence import sentence

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
GOLDEN = Path(__file__).parent / "golden_presets.txt"
LINES = GOLDEN.read_text(encoding="utf-8").splitlines() if GOLDEN.exists() else []
SAID = dict(line.split(" → ") for line in LINES if line.strip())
KEYS = [preset.key for preset in PRESETS if not preset.is_manual]


@pytest.fixture
def told(tenant):
    """A store that has everything a preset asks for."""
    for key, label, kind in (
        ("team_size", "Team size", "number"),
        ("plan", "Plan", "text"),
    ):
        AttributeDefinition.objects.create(key=key, label=label, kind=kind)
    for name, properties in (
        ("session", {}),
        ("feature_used", {"feature": "text"}),
        ("email_received", {"kind": "text"}),
        ("email_opened", {}),
        *((name, {}) for name in ("invite_sent", "item_shared", "comment_made", "shared_view")),
    ):
        label = name.replace("_", " ").capitalize()
        EventName.objects.create(name=name, label=label, properties=properties)
    made = {
        key: Segment.objects.create(name=PRESETS[key].label, slug=key).pk
        for key in ("vip_customers", "at_risk_60", "suppressed_by_hand")
    }
    return Told(("Salads", "Bowls"), "boards", made)


def tree_of(key, told):
    return parse(PRESETS[key].rules(told), StoreCatalogue())


@pytest.mark.parametrize("key", KEYS)
def test_a_preset_says_itself(told, key):
    said = sentence(tree_of(key, told), StoreCatalogue(), speech(as_of=NOON))

    assert said == SAID[key]


@pytest.mark.parametrize("key", KEYS)
def test_a_preset_compiles_and_runs(told, key):
    scope = StoreScope(clock_at(timezone.now()))

    assert audience(tree_of(key, told), StoreCatalogue(), scope).count() == 0


@pytest.mark.parametrize("key", KEYS)
def test_a_preset_survives_being_saved(told, key):
    tree, catalogue = tree_of(key, told), StoreCatalogue()

    assert parse(dump(tree, catalogue), catalogue) == tree


@pytest.mark.parametrize("preset", list(PRESETS), ids=lambda preset: preset.key)
def test_a_preset_is_complete(preset):
    assert re.fullmatch(r"[a-z][a-z0-9_]{2,63}", preset.key)
    assert preset.family in FAMILIES
    assert preset.summary.endswith(".")
    assert preset.summary.count(". ") == 0  # one sentence
    assert preset.use or preset.action
    assert all(companion in PRESETS for companion in preset.companions)
    assert not preset.needs or preset.needs.endswith(".")


def test_nothing_is_written_until_a_store_has_what_is_read():
    unknown = Told()

    assert PRESETS["health_conscious"].rules(unknown) is None
    assert PRESETS["feature_champions"].rules(unknown) is None
    assert PRESETS["just_vip"].rules(unknown) is None
    assert PRESETS["recently_at_risk"].rules(unknown) is None


def test_the_library_is_what_the_sources_ask_for():
    sizes = {family.key: 0 for family in FAMILIES}
    for preset in PRESETS:
        sizes[preset.family] += 1

    # Ten cohorts and the trial that ends; three lists and the segment one of them reads.
    assert sizes == {
        "guests": 12,
        "moving": 4,
        "examples": 3,
        "shops": 7,
        "app_users": 11,
        "keeping": 4,
    }
