"""Maps: every code, the shipped ones against the reference, and the merchant's own."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from segments.models import RfmMap
from segments.scoring.rfm.maps import CODES, KEYS, MAPS, clean_cells, find_map, read_own
from segments.scoring.rfm.wording import describe

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "data" / "rfm_maps.csv"
GRIDS = [entry for entry in MAPS if not entry.by_score]
GOLDEN = {
    "standard_11": {
        "champions": 7, "loyal": 8, "potential": 24, "new": 7, "promising": 16,
        "need_attention": 8, "about_to_sleep": 5, "at_risk": 22, "cant_lose": 8,
        "hibernating": 14, "lost": 6,
    },
    "boxes_11": {
        "champions": 4, "loyal": 14, "potential": 14, "new": 7, "promising": 17,
        "need_attention": 18, "about_to_sleep": 11, "at_risk": 12, "cant_lose": 5,
        "hibernating": 6, "lost": 17,
    },
    "classic_10": {
        "champions": 1, "loyal": 37, "potential": 18, "promising": 11, "need_attention": 8,
        "about_to_sleep": 25, "at_risk": 20, "cant_lose": 2, "hibernating": 2, "lost": 1,
    },
    "grid_6": {
        "champions": 20, "loyal": 20, "potential": 15, "new": 20, "at_risk": 30, "hibernating": 20,
    },
}  # fmt: skip


def test_every_code_equals_the_reference():
    if not REFERENCE.exists():
        pytest.skip("the reference maps are not beside the project")
    with REFERENCE.open(newline="") as file:
        expected = {
            (row["map"], int(row["code"]), row["segment"], row["status"])
            for row in csv.DictReader(file)
        }

    ours = {
        (entry.key, code, entry.labels[entry.cells[code]], entry.status[code])
        for entry in GRIDS
        for code in CODES
    }

    assert ours == expected


@pytest.mark.parametrize("key", GOLDEN)
def test_counts_of_each_segment_are_as_settled(key):
    assert Counter(MAPS[key].cells.values()) == GOLDEN[key]


@pytest.mark.parametrize("entry", GRIDS, ids=lambda entry: entry.key)
def test_a_map_gives_a_known_segment_for_every_code(entry):
    assert sorted(entry.cells) == list(CODES)
    assert set(entry.cells.values()) <= set(KEYS)
    assert set(entry.status.values()) <= {"source", "resolved-overlap", "filled"}


@pytest.mark.parametrize("entry", MAPS, ids=lambda entry: entry.key)
def test_each_segment_of_each_map_is_described_with_something_to_do(entry):
    for key in entry.keys:
        words = describe(entry, key)

        assert words.summary
        assert words.recommendation


@pytest.mark.parametrize("key", GOLDEN["classic_10"])
def test_the_detailed_source_has_all_it_says(key):
    words = describe(MAPS["classic_10"], key)

    counts = len(words.characteristics), len(words.recommendations), len(words.actions)
    assert counts == (3, 4, 4)
    assert words.typical_customers
    assert words.typical_revenue


def test_an_own_map_is_the_shipped_one_with_changed_cells(tenant):
    own = RfmMap.objects.create(name="Ours", based_on="grid_6", cells={"555": "cant_lose"})

    found = find_map(f"own:{own.pk}")

    assert found.cells == MAPS["grid_6"].cells | {555: "cant_lose"}
    assert found.status[555] == "own"
    assert found.labels == MAPS["grid_6"].labels | {"cant_lose": "Can't Lose Them"}
    assert read_own(own) == found


def test_cells_that_do_not_differ_are_not_kept():
    cells = {"555": "champions", "111": "at_risk"}

    assert clean_cells(cells, based_on="grid_6") == {"111": "at_risk"}


def test_a_wrong_cell_is_refused_in_words():
    with pytest.raises(ValidationError) as refusal:
        clean_cells({"556": "lost", "111": "nobody"}, based_on="grid_6")

    assert refusal.value.message_dict == {
        "556": ["556 is no code: use three digits from 1 to 5."],
        "111": ["“nobody” is no segment."],
    }


@pytest.mark.parametrize("key", ["nowhere", "own:", "own:7", "own:x"])
def test_a_map_that_does_not_exist_is_refused(tenant, key):
    with pytest.raises(ValidationError):
        find_map(key)
