"""How a customer uses the product: rolled up from events, whose meaning stands in event_roles."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import DateField, F, IntegerField, Q, Value
from django.db.models.expressions import Case, When
from django.db.models.functions import Coalesce

from commerce.models import CustomerActivity
from segments.catalogue.columns import DaysBetween, Expression, column, days_since
from segments.rules.fields import Field
from segments.rules.kinds import CHOICE, MOMENT, NUMBER, YES_NO
from segments.rules.scope import Scope

WEEK = timedelta(days=7)


def _number(name: str) -> Expression:
    """Return a count of uses: nobody's use is 0, not unknown."""
    return lambda scope: Coalesce(F(f"activity__{name}"), 0)


def _weekly_active(scope: Scope) -> Any:
    recent = Q(activity__last_active_on__gt=scope.clock.today - WEEK)
    return Case(When(recent, then=Value(True)), default=Value(False))


def _days_since_signup(scope: Scope) -> Any:
    """From the day they became a customer, else from the event of signing up."""
    since = Coalesce(F("since_on"), F("activity__signed_up_on"), output_field=DateField())
    return DaysBetween(Value(scope.clock.today), since)


def _trial_left(scope: Scope) -> Any:
    today = scope.clock.today
    left = DaysBetween(F("activity__trial_ends_on"), Value(today))
    running = Q(activity__trial_ends_on__gte=today)
    return Case(When(running, then=left), output_field=IntegerField())


def trends() -> Sequence[tuple[str, str]]:
    """Return what a trend may be."""
    return [(str(key), str(label)) for key, label in CustomerActivity.Trend.choices]


FIELDS = (
    Field(
        "last_active_at",
        "Last active",
        MOMENT,
        column("activity__last_active_at"),
        help="The last session or action in your product.",
    ),
    Field(
        "days_since_last_active",
        "Days since last active",
        NUMBER,
        days_since("activity__last_active_on"),
        is_temporal=True,
        help="Unknown for somebody who was never active.",
    ),
    Field(
        "days_since_signup",
        "Days since signup",
        NUMBER,
        _days_since_signup,
        facts=frozenset({"profile", "activity"}),
        is_temporal=True,
        help="Days since they became a customer, or since the event of signing up.",
    ),
    Field(
        "weekly_sessions",
        "Sessions, last 7 days",
        NUMBER,
        _number("sessions_7"),
        phrase="sessions in the last 7 days",
        is_temporal=True,
        help="Today and the six days before.",
    ),
    Field(
        "weekly_actions",
        "Actions, last 7 days",
        NUMBER,
        _number("actions_7"),
        phrase="actions in the last 7 days",
        is_temporal=True,
        help="What they did in your product, today and the six days before.",
    ),
    Field(
        "features_used",
        "Features used, last 90 days",
        NUMBER,
        _number("features_90"),
        phrase="different features used in the last 90 days",
        is_temporal=True,
    ),
    Field(
        "weekly_active",
        "Active in the last 7 days",
        YES_NO,
        _weekly_active,
        phrase="active in the last 7 days",
        is_temporal=True,
    ),
    Field(
        "engagement_trend",
        "Engagement trend",
        CHOICE,
        column("activity__trend"),
        choices=trends,
        is_temporal=True,
        help="Sessions of the last 14 full days against the 14 before: a fifth more or fewer."
        " Without sessions, active days. Unknown for who did not come in these four weeks.",
    ),
    Field(
        "weeks_declining",
        "Weeks declining",
        NUMBER,
        _number("weeks_declining"),
        phrase="weeks of decline in a row",
        is_temporal=True,
        help="Weeks in a row, up to yesterday, with fewer sessions than the one before; 7 at most.",
    ),
    Field(
        "trial_days_remaining",
        "Days left of the trial",
        NUMBER,
        _trial_left,
        phrase="days left of the trial",
        is_temporal=True,
        help="0 on the last day. Unknown when no trial is running.",
    ),
    Field(
        "days_since_churn",
        "Days since they cancelled",
        NUMBER,
        days_since("activity__churned_on"),
        phrase="days since they cancelled",
        is_temporal=True,
        help="Unknown while they subscribe, and for who never did.",
    ),
)
