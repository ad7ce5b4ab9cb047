"""From a merchant's one brand colour to the theme's shades, readable in light and dark."""

import re

HEX = re.compile(r"#[0-9a-fA-F]{6}")
DEFAULT = "#0f766e"
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
DARK_PAGE = (16, 24, 40)  # the theme's darkest page; what a light accent must stand out from
READABLE = 4.5  # WCAG AA for text
# Shade → (mixed with, share of that in per cent). 500 and 600 carry text and are found instead.
MIXES = {
    "50": (WHITE, 94),
    "100": (WHITE, 88),
    "200": (WHITE, 75),
    "300": (WHITE, 58),
    "400": (WHITE, 35),
    "700": (BLACK, 18),
    "800": (BLACK, 34),
    "900": (BLACK, 48),
    "950": (BLACK, 66),
}

Color = tuple[int, int, int]


def palette(brand: str) -> dict[str, str]:
    """Return eleven shades of `brand` ("#rrggbb"): 600 bears white text, 500 a dark page."""
    color = parse(brand)
    solid = _mixed_until(color, BLACK, against=WHITE)
    shades = {shade: _mix(solid, other, percent) for shade, (other, percent) in MIXES.items()}
    shades |= {"500": _mixed_until(color, WHITE, against=DARK_PAGE), "600": solid}
    return {shade: f"rgb({r}, {g}, {b})" for shade, (r, g, b) in shades.items()}


def parse(color: str) -> Color:
    """Read "#rrggbb"; anything else is the default colour."""
    digits = (color if HEX.fullmatch(color or "") else DEFAULT)[1:]
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def contrast(one: Color, other: Color) -> float:
    """Return the contrast ratio of two colours, 1 to 21, as WCAG 2 defines it."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _mixed_until(color: Color, other: Color, *, against: Color) -> Color:
    for percent in range(0, 100, 4):
        mixed = _mix(color, other, percent)
        if contrast(mixed, against) >= READABLE:
            return mixed
    return other


def _mix(color: Color, other: Color, percent: int) -> Color:
    red, green, blue = (
        round((own * (100 - percent) + add * percent) / 100)
        for own, add in zip(color, other, strict=True)
    )
    return red, green, blue


def _luminance(color: Color) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
