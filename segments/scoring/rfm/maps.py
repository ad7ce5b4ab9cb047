"""From R, F, M to a segment: the shipped maps of all 125 codes, and the merchant's own."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.core.exceptions import ValidationError

from segments.models import RfmMap
from tenants.registry import Registry

FILE = Path(__file__).resolve().parents[2] / "data" / "rfm_maps.csv"
CODES = tuple(r * 100 + f * 10 + m for r in range(1, 6) for f in range(1, 6) for m in range(1, 6))
OWN = "own:"  # prefix of a merchant's map key
BY_SCORE = "score_5"

# One set of keys over all maps, best first; rules name these.
KEYS = (
    "champions", "loyal", "potential", "new", "promising", "need_attention",
    "about_to_sleep", "at_risk", "cant_lose", "hibernating", "lost",
)  # fmt: skip


@dataclass(frozen=True)
class SegmentMap:
    """A segment key for each code. `status` is source, resolved-overlap, filled, or own; `labels`
    names the keys in use.
    """

    key: str
    label: str
    summary: str
    cells: dict[int, str]
    status: dict[int, str]
    labels: dict[str, str]
    based_on: str  # the shipped map it comes from: itself, for a shipped one

    @property
    def by_score(self) -> bool:
        """Whether it cuts segments by fifths of the weighted score instead of by code."""
        return not self.cells

    @property
    def keys(self) -> tuple[str, ...]:
        """The segments it can give, best first."""
        return tuple(key for key in KEYS if key in self.labels)


MAPS: Registry[SegmentMap] = Registry("RFM map")

TITLES = {
    "standard_11": ("Standard, 11 segments", "The one complete published list of codes."),
    "boxes_11": (
        "Boxes, 11 segments",
        "Ranges of codes read digit by digit, with Champions kept narrow.",
    ),
    "classic_10": (
        "Classic, 10 segments",
        "Ten segments from ranges of R and F; Champions are 555 alone.",
    ),
    "grid_6": ("Grid, 6 segments", "Six segments from R and F alone: simple to explain."),
}
# Fifths of the weighted score, best first.
FIFTHS = {
    5: ("champions", "Best fifth"),
    4: ("loyal", "Second fifth"),
    3: ("potential", "Middle fifth"),
    2: ("at_risk", "Fourth fifth"),
    1: ("lost", "Last fifth"),
}


@cache
def _rows() -> list[dict[str, str]]:
    with FILE.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


for _key, (_label, _summary) in TITLES.items():
    _cells = [row for row in _rows() if row["map"] == _key]
    MAPS.register(
        SegmentMap(
            key=_key,
            label=_label,
            summary=_summary,
            cells={int(row["code"]): row["key"] for row in _cells},
            status={int(row["code"]): row["status"] for row in _cells},
            labels={row["key"]: row["label"] for row in _cells},
            based_on=_key,
        )
    )
MAPS.register(
    SegmentMap(
        key=BY_SCORE,
        label="Fifths of the weighted score",
        summary="Five equal segments by the weighted score: here the weights decide the segment.",
        cells={},
        status={},
        labels=dict(FIFTHS.values()),
        based_on=BY_SCORE,
    )
)


def find_map(key: str) -> SegmentMap:
    """Return a shipped map or the merchant's own (`own:<id>`); raise ValidationError when there is
    none.
    """
    if not key.startswith(OWN):
        if key in MAPS:
            return MAPS[key]
        known = ", ".join(entry.key for entry in MAPS)
        raise ValidationError({"map_key": f"There is no map “{key}”. Choose one of: {known}."})
    number = key.removeprefix(OWN)
    own = RfmMap.objects.filter(pk=int(number)).first() if number.isdecimal() else None
    if own is None:
        raise ValidationError({"map_key": f"There is no map “{key}” any more. Choose another map."})
    return read_own(own)


def read_own(own: RfmMap) -> SegmentMap:
    """Return the merchant's map: the shipped one it is based on, with its changed cells."""
    base = MAPS[own.based_on]
    changed = {int(code): key for code, key in own.cells.items()}
    cells = base.cells | changed
    return SegmentMap(
        key=f"{OWN}{own.pk}",
        label=own.name,
        summary=f"Your own, based on {base.label}.",
        cells=cells,
        status=base.status | dict.fromkeys(changed, "own"),
        labels={key: base.labels.get(key, LABELS[key]) for key in KEYS if key in cells.values()},
        based_on=base.key,
    )


def clean_cells(cells: dict[str, str], *, based_on: str) -> dict[str, str]:
    """Return only the cells that differ from the map they are based on; raise ValidationError by
    cell.
    """
    if based_on not in MAPS or MAPS[based_on].by_score:
        raise ValidationError({"based_on": "Choose one of the maps of 125 codes to start from."})
    errors = {}
    for code, key in cells.items():
        if not code.isdecimal() or int(code) not in MAPS[based_on].cells:
            errors[code] = f"{code} is no code: use three digits from 1 to 5."
        elif key not in KEYS:
            errors[code] = f"“{key}” is no segment."
    if errors:
        raise ValidationError(errors)
    return {code: key for code, key in cells.items() if MAPS[based_on].cells[int(code)] != key}


def map_choices() -> list[tuple[str, str]]:
    """Return (key, label) of every map, the merchant's own last."""
    return MAPS.choices() + [
        (f"{OWN}{own.pk}", own.name) for own in RfmMap.objects.order_by("name")
    ]


# Words for keys a merchant puts into a map whose source has no such segment.
LABELS: dict[str, str] = {key: MAPS["standard_11"].labels[key] for key in KEYS}
