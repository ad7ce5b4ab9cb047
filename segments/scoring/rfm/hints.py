"""Four checks of a distribution with their remedies, warnings about the method, benchmarks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from segments.scoring.rfm.checks import Checked, Remedy, check_facts
from segments.scoring.rfm.method import Method
from segments.scoring.rfm.report import Report
from segments.scoring.rfm.wording import benchmarks

# Below these a rank says more about chance than about a customer.
FEWEST_CUSTOMERS = 500
SHORTEST_HISTORY = 180  # days between the first and the last order
ONE_SEGMENT = 0.8  # of all customers
ALIKE = 0.8  # of all customers with the same score, in each of the three


@dataclass(frozen=True)
class Hint:
    """Something about the scores worth knowing; often harmless, and then it says so."""

    key: str
    title: str
    text: str
    remedies: Sequence[Remedy] = ()


@dataclass(frozen=True)
class Benchmark:
    """A segment's share beside what is usual in the industry, in percent."""

    key: str
    label: str
    usual: tuple[int, int]
    share: float

    @property
    def verdict(self) -> str:
        """within, above or below."""
        if self.share < self.usual[0]:
            return "below"
        return "above" if self.share > self.usual[1] else "within"


def compare_with_industry(report: Report, *, industry: str) -> list[Benchmark]:
    """Return the four published shares of the industry beside the merchant's own."""
    usual: Mapping[str, Any] = benchmarks().get(industry, benchmarks()["ecommerce"])
    return [
        Benchmark(row.key, row.label, tuple(usual[row.key]), row.share * 100)
        for row in report.rows
        if row.key in usual
    ]


def warn(method: Method, *, customers: int, history_days: int | None) -> list[Hint]:
    """Return why ranking is doubtful here, if it is."""
    if not method.ranks:
        return []
    found = []
    if customers < FEWEST_CUSTOMERS:
        found.append(
            f"you have {customers:,} customers with orders (fewer than {FEWEST_CUSTOMERS})"
        )
    if history_days is not None and history_days < SHORTEST_HISTORY:
        found.append(f"your orders span {history_days} days (less than {SHORTEST_HISTORY})")
    if not found:
        return []
    return [
        Hint(
            "small",
            f"{method.label} need more to go on",
            f"A rank says little yet: {' and '.join(found)}. We recommend fixed thresholds.",
        )
    ]


def find_hints(report: Report, *, method: Method, industry: str, as_of: date) -> list[Hint]:
    """Return everything remarkable about a run, with what Strata has verified itself."""
    if not report.customers:
        return []
    checked = check_facts(as_of=as_of)
    hints = warn(method, customers=report.customers, history_days=checked.history_days)
    hints += _missing_levels(report, method=method)
    hints += _one_segment(report, checked)
    hints += _far_from_usual(report, checked, industry=industry)
    hints += _no_cant_lose(report, checked)
    return hints + _alike(report, checked)


def _missing_levels(report: Report, *, method: Method) -> list[Hint]:
    if not method.ranks:
        return []
    return [
        Hint(
            f"levels_{name}",
            f"{name.capitalize()} has only {_count(levels)} in your store",
            "Many customers have the same number here, and equal numbers always get equal scores.",
        )
        for name, levels in report.levels.items()
        if levels < report.steps
    ]


def _one_segment(report: Report, checked: Checked) -> list[Hint]:
    largest = max(report.rows, key=lambda row: row.customers)
    if largest.share < ONE_SEGMENT or len(report.rows) < 2:
        return []
    return [
        Hint(
            "one_segment",
            f"{largest.share:.0%} of your customers are in one segment",
            f"“{largest.label}” holds almost everybody, so it tells little.",
            (
                Remedy("Look at a longer period, so that customers differ more."),
                Remedy("Try another method: quintiles divide more finely than quartiles."),
                checked.date_range,
                checked.amounts,
            ),
        )
    ]


def _far_from_usual(report: Report, checked: Checked, *, industry: str) -> list[Hint]:
    far = [b for b in compare_with_industry(report, industry=industry) if b.verdict != "within"]
    if not far:
        return []
    said = ", ".join(
        f"{b.label} {b.share:.0f} % (usually {b.usual[0]}–{b.usual[1]} %)" for b in far
    )
    return [
        Hint(
            "benchmark",
            "Your store differs from its industry",
            f"{said}. Often that is simply how your business works.",
            (
                Remedy("If money or habit matters more to you, adjust the weights."),
                Remedy("Ask whether your business is a typical one of its industry."),
                checked.date_range,
                checked.amounts,
            ),
        )
    ]


def _no_cant_lose(report: Report, checked: Checked) -> list[Hint]:
    row = next((row for row in report.rows if row.key == "cant_lose"), None)
    if row is None or row.customers:
        return []
    return [
        Hint(
            "no_cant_lose",
            f"“{row.label}” is empty",
            "Nobody who spent a lot has gone silent: that may be good news.",
            (
                Remedy("See whether anyone has spent much in the past at all."),
                Remedy("Consider lower thresholds for money, or a longer period."),
                checked.recency,
                checked.date_range,
            ),
        )
    ]


def _alike(report: Report, checked: Checked) -> list[Hint]:
    if not all(share >= ALIKE for share in report.largest_level.values()):
        return []
    return [
        Hint(
            "alike",
            "Almost everybody has the same scores",
            "In each of the three numbers one score covers four customers in five. "
            "A very young store looks like this.",
            (
                Remedy("Look at a longer period, so that customers differ more."),
                checked.date_range,
                checked.unique_ids,
            ),
        )
    ]


def _count(levels: int) -> str:
    return "one level" if levels == 1 else f"{levels} levels"
