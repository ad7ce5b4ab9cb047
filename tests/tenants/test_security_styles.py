"""Colours that can be read: the segment colours of the style sheet, and every merchant's brand."""

import re
from pathlib import Path

import pytest

from tenants.branding import DARK_PAGE, READABLE, WHITE, contrast, palette, parse

SHEET = Path(__file__).resolve().parents[2] / "static" / "css" / "strata.css"


def colors_of(selector: str) -> dict[str, str]:
    block = re.search(rf"^{selector} {{(.*?)^}}", SHEET.read_text(), re.S | re.M).group(1)
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


@pytest.mark.parametrize(("selector", "page"), [(":root", WHITE), (r"\.dark", DARK_PAGE)])
def test_segment_colours_stand_out_and_bear_text(selector, page):
    colors = colors_of(selector)
    keys = [name for name in colors if name.startswith("seg-") and not name.endswith("-on")]

    text = {key: contrast(parse(colors[key]), parse(colors[f"{key}-on"])) for key in keys}
    shape = {key: contrast(parse(colors[key]), page) for key in keys}

    assert len(keys) == 16
    assert {key: ratio for key, ratio in text.items() if ratio < READABLE} == {}
    assert {key: ratio for key, ratio in shape.items() if ratio < 3} == {}  # WCAG 1.4.11


@pytest.mark.parametrize("brand", ["#ffff00", "#000000", "#ffffff", "#0f766e", "not a colour"])
def test_any_brand_colour_becomes_readable(brand):
    shades = palette(brand)

    solid, light = (tuple(map(int, re.findall(r"\d+", shades[s]))) for s in ("600", "500"))

    assert sorted(map(int, shades)) == [50, *range(100, 1000, 100), 950]
    assert contrast(solid, WHITE) >= READABLE
    assert contrast(light, DARK_PAGE) >= READABLE
