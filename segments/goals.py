"""Goals: what a merchant wants a figure to be, whether it is, and since when."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from segments import usages
from segments.digest.standing import Standing, at_risk, champions
from segments.models import Goal, Segment
from segments.services import local_today
from tenants import audit
from tenants.registry import Registry

MOST = 40  # goals of a merchant: more are no goals
LARGEST = Decimal(10) ** 15
Direction = Goal.Direction


@dataclass(frozen=True)
class Figure:
    """Something to set a goal for. `value` returns None while it cannot be told."""

    key: str
    label: str
    unit: str  # percent, money, count
    value: Callable[[Standing, Goal], Decimal | None]
    help: str = ""
    needs_segment: bool = False


def _champions(standing: Standing, goal: Goal) -> Decimal | None:
    row = champions(standing.report)
    scored = standing.report.customers if standing.report else 0
    return Decimal(100 * row.customers) / scored if row and scored else None


def _revenue_at_risk(standing: Standing, goal: Goal) -> Decimal | None:
    found = at_risk(standing.report)
    return found.revenue if found else None


def _customers_at_risk(standing: Standing, goal: Goal) -> Decimal | None:
    found = at_risk(standing.report)
    return Decimal(found.customers) if found else None


def _new_customers(standing: Standing, goal: Goal) -> Decimal | None:
    return Decimal(standing.new_customers) if standing.is_counted else None


def _revenue(standing: Standing, goal: Goal) -> Decimal | None:
    return standing.revenue_now[1] if standing.is_counted else None


def _members(standing: Standing, goal: Goal) -> Decimal | None:
    segment = goal.segment
    return Decimal(segment.members_count) if segment and segment.refreshed_at else None


FIGURES: Registry[Figure] = Registry("goal figure")
for figure in (
    Figure("champions_share", "Champions", "percent", _champions, "of all scored customers"),
    Figure(
        "at_risk_revenue",
        "Revenue at risk",
        "money",
        _revenue_at_risk,
        "spent by At risk, Can’t lose and About to sleep",
    ),
    Figure(
        "at_risk_customers",
        "Customers at risk",
        "count",
        _customers_at_risk,
        "in At risk, Can’t lose and About to sleep",
    ),
    Figure(
        "new_customers",
        "New customers a week",
        "count",
        _new_customers,
        "with their first order in the last seven whole days",
    ),
    Figure(
        "revenue",
        "Revenue a week",
        "money",
        _revenue,
        "of the last seven whole days, net of refunds, guests included",
    ),
    Figure("members", "Members of a segment", "count", _members, "", needs_segment=True),
):
    FIGURES.register(figure)


def all_goals() -> list[Goal]:
    """Return every goal, the missed ones first."""
    rows = Goal.objects.select_related("segment")
    return sorted(rows, key=lambda goal: (goal.is_met is not False, goal.pk))


def look(goals: Collection[Goal], *, at: datetime) -> None:
    """Read the figures of goals and keep what they are, and since when that state holds."""
    standing = Standing(today=local_today(at=at))
    for goal in goals:
        value = FIGURES[goal.figure].value(standing, goal)
        is_met = _is_met(goal, value)
        if is_met != goal.is_met or goal.since is None:
            goal.is_met, goal.since = is_met, at
        goal.value, goal.looked_at = value, at
    Goal.objects.bulk_update(goals, ["value", "is_met", "since", "looked_at"])


def _is_met(goal: Goal, value: Decimal | None) -> bool | None:
    if value is None:
        return None
    return value >= goal.target if goal.direction == Direction.LEAST else value <= goal.target


@transaction.atomic
def save_goal(
    goal: Goal,
    *,
    figure: str,
    direction: str,
    target: Decimal,
    segment: Segment | None,
    by: AbstractBaseUser | None,
    at: datetime,
) -> Goal:
    """Keep a goal and look at it at once; raise ValidationError by box.

    What it is now is seen by whoever set it: only what becomes of it is mailed.
    """
    _check(goal, figure=figure, direction=direction, target=target, segment=segment)
    goal.figure, goal.direction, goal.target = figure, direction, target
    goal.segment = segment if FIGURES[figure].needs_segment else None
    goal.is_met, goal.since = None, None
    if goal.pk is None:
        goal.created_by = by  # type: ignore[assignment]
    goal.save()
    look([goal], at=at)
    goal.told = goal.is_met
    goal.save(update_fields=["told"])
    audit.record(by, "goal", goal, figure=figure, direction=direction, target=str(target))
    return goal


def _check(
    goal: Goal, *, figure: str, direction: str, target: Decimal, segment: Segment | None
) -> None:
    faults = {}
    if figure not in FIGURES:
        faults["figure"] = "Choose a figure."
    elif FIGURES[figure].needs_segment and segment is None:
        faults["segment"] = "Choose the segment."
    if direction not in Direction.values:
        faults["direction"] = "Choose at least or at most."
    if not 0 <= target < LARGEST:
        faults["target"] = "Write a number of zero or more."
    elif figure in FIGURES and FIGURES[figure].unit == "percent" and target > 100:
        faults["target"] = "A share is 100 % at most."
    if goal.pk is None and Goal.objects.count() >= MOST:
        faults["figure"] = f"There are {MOST} goals already. Delete one first."
    if faults:
        raise ValidationError(faults)


@transaction.atomic
def delete_goal(goal: Goal, *, by: AbstractBaseUser | None) -> None:
    """Forget a goal."""
    audit.record(by, "goal", goal, figure=goal.figure, is_deleted=True)
    goal.delete()


def _uses(segments: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    for goal in Goal.objects.filter(segment__in=segments).select_related("segment"):
        assert goal.segment is not None
        page = reverse("admin:goal", args=[goal.pk])
        words = f"{goal.segment.name} {goal.get_direction_display()} {goal.target:,.0f}"
        found.setdefault(goal.segment.pk, []).append((words, page))
    return found


usages.SEGMENTS.register(usages.Usage("goals", "goal", _uses))
