"""What a promo code is to be: read, checked, and told again as the API and the history tell it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet

from commerce.text import fold
from segments.models import PromoCode, PromoSegment, Segment

LONGEST = 64
TAKEN = frozenset({"eligibility"})  # what stands in an address in a code's place
MOST_SEGMENTS = 50  # of one code
MOST_USES = 2_000_000_000  # what the column holds
Discount = PromoCode.Discount


@dataclass(frozen=True)
class Draft:
    """A code's definition, whole."""

    code: str
    description: str = ""
    discount: str = Discount.PERCENTAGE
    value: Decimal | None = None
    include: tuple[int, ...] = ()
    exclude: tuple[int, ...] = ()
    match: str = PromoCode.Match.ANY
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    most_total: int | None = None
    most_each: int | None = None
    unknown: str = PromoCode.Unknown.REFUSE
    state: str = PromoCode.State.ON

    def as_json(self) -> dict[str, Any]:
        """Return the definition as the API tells it."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return told | {
            "value": None if self.value is None else _plain(self.value),
            "include": list(self.include),
            "exclude": list(self.exclude),
            "starts_at": _utc(self.starts_at),
            "ends_at": _utc(self.ends_at),
        }


def _utc(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def with_segments(rows: "QuerySet[PromoCode]") -> "QuerySet[PromoCode]":
    """Read codes with the segments they name: one query more for any number of codes."""
    return rows.prefetch_related(
        Prefetch("sides", queryset=PromoSegment.objects.select_related("segment"))
    )


def draft_of(row: PromoCode, sides: Iterable[PromoSegment]) -> Draft:
    """Return what a saved code is."""
    plain = {one.name: getattr(row, one.name) for one in fields(Draft) if hasattr(row, one.name)}
    kept = list(sides)
    by_side = {
        "include": _ids(kept, PromoSegment.Side.INCLUDE),
        "exclude": _ids(kept, PromoSegment.Side.EXCLUDE),
    }
    return Draft(**{**plain, **by_side})


def _ids(sides: Sequence[PromoSegment], side: str) -> tuple[int, ...]:
    return tuple(sorted(one.segment_id for one in sides if one.side == side))


def check(draft: Draft, *, row: PromoCode | None = None) -> None:
    """Raise ValidationError, by box, with everything that is wrong."""
    faults: dict[str, str] = {}
    for name, words in (
        ("code", _code_fault(draft, row)),
        ("value", _value_fault(draft)),
        ("ends_at", _window_fault(draft)),
        ("include", _segments_fault(draft)),
        ("most_total", _limit_fault(draft.most_total)),
        ("most_each", _limit_fault(draft.most_each)),
    ):
        if words:
            faults[name] = words
    if faults:
        raise ValidationError(faults)


def _code_fault(draft: Draft, row: PromoCode | None) -> str:
    text = draft.code
    if not 1 <= len(text) <= LONGEST or not 1 <= len(fold(text)) <= LONGEST:
        return f"A code has 1 to {LONGEST} characters."
    if any(not one.isprintable() or one.isspace() or one in "/?#%\\" for one in text):
        return "A code has no spaces, slashes or signs like ? # %."
    if fold(text) in TAKEN or set(text) == {"."}:
        return "This word is taken. Choose another code."
    same = PromoCode.objects.filter(code_key=fold(text))
    if (same.exclude(pk=row.pk) if row else same).exists():
        return f"There is a code “{text}” already. Small and capital letters are the same."
    return ""


def _value_fault(draft: Draft) -> str:
    if draft.discount == Discount.FREE_SHIPPING:
        return "Free shipping has no value. Leave it empty." if draft.value is not None else ""
    if draft.value is None or draft.value <= 0:
        return "Say how much is taken off: more than nothing."
    if draft.discount == Discount.PERCENTAGE and draft.value > 100:
        return "A discount is 100 percent at most."
    if draft.value >= 10**10 or draft.value != draft.value.quantize(Decimal("0.0001")):
        return "An amount has ten digits and four decimals at most."
    return ""


def _window_fault(draft: Draft) -> str:
    if draft.starts_at and draft.ends_at and draft.ends_at <= draft.starts_at:
        return "The end must come after the beginning."
    return ""


def _limit_fault(limit: int | None) -> str:
    if limit is not None and not 1 <= limit <= MOST_USES:
        return "A limit is at least 1. Leave it empty for no limit."
    return ""


def _segments_fault(draft: Draft) -> str:
    both = sorted({*draft.include, *draft.exclude})
    if len(both) < len(draft.include) + len(draft.exclude):
        return "A segment stands once in a code: for it, or not for it."
    if len(both) > MOST_SEGMENTS:
        return f"A code names {MOST_SEGMENTS} segments at most."
    if Segment.objects.filter(pk__in=both).count() < len(both):
        return "One of the segments is not there any more. Choose again."
    return ""
