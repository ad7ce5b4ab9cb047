"""Amounts and quantities: decimal commas, thousands, currency signs, minus in any place."""

import re
from collections.abc import Callable, Iterable

from integrations.csv.values import Refused

_NOISE = re.compile(r"[\s'’]|[^\d.,()+\-−]")  # spaces, thousands' apostrophes, currency signs
_PLAIN = re.compile(r"[0-9]*\.?[0-9]*")
_WORDS = re.compile(r"[A-Za-z]{4,}|\d\s*[A-Za-z]+\s*\d")  # “about 12”, “1e5”: no amount
# 1e10 a cell: sums of an order stay within numeric(18, 4).
LARGEST_DIGITS = 10


def number(label: str, *, decimal: str, digits: int = LARGEST_DIGITS) -> Callable[[str], str]:
    """Return a reader of decimal numbers whose decimal sign is `decimal`."""
    thousands = "," if decimal == "." else "."

    def read(cell: str) -> str:
        plain = _NOISE.sub("", cell)
        negative = plain[:1] in "-−(" or plain[-1:] in "-−"
        plain = plain.strip("+-−()").replace(thousands, "").replace(decimal, ".")
        if not _PLAIN.fullmatch(plain) or plain in ("", ".") or _WORDS.search(cell):
            raise Refused(f"{label} “{cell[:60]}” is no number")
        whole, _, rest = plain.partition(".")
        if len(whole.lstrip("0")) > digits:
            raise Refused(f"{label} “{cell[:60]}” is too large")
        return f"{'-' if negative else ''}{whole or 0}.{rest[:6] or 0}"

    return read


def decimal_sign(samples: Iterable[str]) -> tuple[str, bool]:
    """Return the decimal sign that the samples show, and whether they leave no doubt."""
    comma = point = doubtful = 0
    for sample in samples:
        signs = re.sub(r"[^.,]", "", sample)
        if not signs:
            continue
        last, after = signs[-1], len(re.split("[.,]", re.sub(r"[^\d.,]", "", sample))[-1])
        if len(set(signs)) == 1 and (len(signs) > 1 or after == 3):
            # 1.234 or 1,234: thousands, or three places.
            if len(signs) > 1:
                comma, point = comma + (last == "."), point + (last == ",")
            else:
                doubtful += 1
        else:
            comma, point = comma + (last == ","), point + (last == ".")
    if comma or point:
        return ("," if comma > point else "."), not (comma and point)
    return ".", not doubtful
