"""How goals and their figures are said, on pages and in letters."""

from decimal import ROUND_HALF_UP, Decimal

from commerce.templatetags.facts import count, money
from segments.goals import FIGURES
from segments.models import Goal

TENTH = Decimal("0.1")


def amount(value: Decimal | None, unit: str) -> str:
    """Return a figure with its unit; a share with one decimal where it has one."""
    if value is None:
        return "not told yet"
    if unit == "money":
        return money(value)
    if unit == "percent":
        return f"{value.quantize(TENTH, ROUND_HALF_UP).normalize():f} %"
    return count(int(value))


def name_of(goal: Goal) -> str:
    """Return what a goal is about."""
    figure = FIGURES[goal.figure]
    return f"Members of “{goal.segment}”" if figure.needs_segment else figure.label


def said(goal: Goal) -> str:
    """Return a goal in words: Champions at least 8 %."""
    unit = FIGURES[goal.figure].unit
    return f"{name_of(goal)} {goal.get_direction_display()} {amount(goal.target, unit)}"


def value_of(goal: Goal) -> str:
    """Return what its figure was at the last look."""
    return amount(goal.value, FIGURES[goal.figure].unit)
