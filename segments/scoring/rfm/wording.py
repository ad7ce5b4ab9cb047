"""What each source says of its segments, in our own words: data/rfm_segments.json."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from segments.scoring.rfm.maps import SegmentMap

FILE = Path(__file__).resolve().parents[2] / "data" / "rfm_segments.json"
DETAILED = "classic_10"  # the source that says most about each segment
COMPLETE = "standard_11"  # the source that has every key


@dataclass(frozen=True)
class Description:
    """A segment for a page. Shares are percent of customers and of revenue, (from, to), where a
    source gives them.
    """

    key: str
    summary: str
    characteristics: tuple[str, ...] = ()
    recommendations: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    typical_customers: tuple[int, int] | None = None
    typical_revenue: tuple[int, int] | None = None

    @property
    def recommendation(self) -> str:
        """The first thing to do: one line for exports."""
        return self.recommendations[0] if self.recommendations else ""


@cache
def _data() -> dict[str, Any]:
    with FILE.open(encoding="utf-8") as file:
        data: dict[str, Any] = json.load(file)
    return data


def colour(key: str) -> str:
    """Return the colour a segment has on every page, as #rrggbb."""
    return str(_data()["colours"].get(key, "#94a3b8"))


def benchmarks() -> dict[str, Any]:
    """Return industry → segment → usual share in percent, (from, to)."""
    found: dict[str, Any] = _data()["benchmarks"]
    return found


def weight_presets() -> dict[str, Any]:
    """Return preset → label, summary and the weights of R, F and M as text."""
    found: dict[str, Any] = _data()["weight_presets"]
    return found


def describe(segment_map: SegmentMap, key: str) -> Description:
    """Return the segment as the map's source has it; what that source leaves out is filled from the
    most detailed one.
    """
    data = _data()["maps"]
    own_words = data[segment_map.based_on].get(key, data[COMPLETE][key])
    entry = dict(data[DETAILED].get(key, {})) | dict(own_words)
    for field in ("typical_customers", "typical_revenue"):
        if entry.get(field):
            entry[field] = tuple(entry[field])
    for field in ("characteristics", "recommendations", "actions"):
        entry[field] = tuple(entry.get(field, ()))
    return Description(key=key, **entry)
