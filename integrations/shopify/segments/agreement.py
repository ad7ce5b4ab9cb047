"""How far our RFM and Shopify's own agree: one table over everybody who has both."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform

from integrations.shopify.mappers import RFM_GROUP
from segments.models import RfmScore

# Shopify's group → those of ours that mean about the same, ours to say: it publishes no ranges.
ALIKE: dict[str, tuple[str, ...]] = {
    "CHAMPIONS": ("champions",),
    "LOYAL": ("loyal",),
    "ACTIVE": ("potential",),
    "NEW": ("new",),
    "PROMISING": ("promising",),
    "NEEDS_ATTENTION": ("need_attention",),
    "ALMOST_LOST": ("about_to_sleep",),
    "AT_RISK": ("at_risk",),
    "PREVIOUSLY_LOYAL": ("cant_lose",),
    "DORMANT": ("hibernating", "lost"),
    "PROSPECTS": (),
}


@dataclass(frozen=True)
class Line:
    """One of Shopify's groups: its customers by our segments."""

    group: str
    label: str
    total: int
    cells: list[dict[str, Any]]  # in the order of the columns
    alike: int

    @property
    def percent(self) -> float:
        return 100 * self.alike / self.total if self.total else 0.0


@dataclass(frozen=True)
class Agreement:
    """The whole table."""

    columns: list[str]  # our segments' keys
    lines: list[Line]

    @property
    def total(self) -> int:
        return sum(line.total for line in self.lines)

    @property
    def percent(self) -> float:
        alike = sum(line.alike for line in self.lines)
        return 100 * alike / self.total if self.total else 0.0


def agreement(order: list[str]) -> Agreement:
    """Count customers by Shopify's group and our segment; `order`: our keys as they are shown."""
    rows = (
        RfmScore.objects.exclude(segment="")
        .annotate(group=KeyTextTransform(RFM_GROUP, "customer__attributes"))
        .filter(group__isnull=False)
        .values_list("group", "segment")
        .annotate(count=Count("pk"))
        .order_by()
    )
    found: dict[str, dict[str, int]] = {}
    for group, segment, count in rows:
        found.setdefault(str(group), {})[segment] = count
    used = {segment for counts in found.values() for segment in counts}
    columns = [key for key in order if key in used] + sorted(used - set(order))
    groups = [group for group in ALIKE if group in found] + sorted(found.keys() - ALIKE.keys())
    return Agreement(columns, [_line(group, found[group], columns) for group in groups])


def _line(group: str, counts: dict[str, int], columns: list[str]) -> Line:
    alike = ALIKE.get(group, ())
    cells = [{"key": key, "count": counts.get(key, 0), "is_alike": key in alike} for key in columns]
    return Line(
        group=group,
        label=group.replace("_", " ").capitalize(),
        total=sum(counts.values()),
        cells=cells,
        alike=sum(counts.get(key, 0) for key in alike),
    )
